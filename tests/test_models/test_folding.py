import pytest
import torch
import torch.nn as nn
from mmpretrain.models.backbones.resnet import BasicBlock, ResLayer

from kssnet_mm.models.folding import fold_into_convolution, foldable, readers


@pytest.mark.parametrize('conv, shape', [
    (nn.Conv2d(6, 5, 3, stride=2, padding=1, bias=True), (2, 6, 7, 7)),
    (nn.Conv2d(6, 5, 1, stride=2, bias=False), (2, 6, 7, 7)),
    (nn.Conv3d(6, 5, (3, 1, 1), padding=(1, 0, 0)), (2, 6, 4, 3, 3)),
])
def test_folded_equals_connection_then_convolution(conv, shape):
    conv = conv.double()
    x, matrix = torch.randn(shape).double(), torch.randn(6, 6).double()
    mixed = x + torch.einsum('ij,bj...->bi...', matrix, x)
    expected = conv(mixed)
    fold_into_convolution(conv, matrix)
    torch.testing.assert_close(conv(x), expected, rtol=1e-10, atol=1e-10)


def test_refuses_what_cannot_fold():
    with pytest.raises(ValueError, match='groups=2'):
        fold_into_convolution(nn.Conv2d(6, 4, 1, groups=2), torch.zeros(6, 6))
    with pytest.raises(ValueError, match='reads 6'):
        fold_into_convolution(nn.Conv2d(6, 4, 1), torch.zeros(5, 5))
    with pytest.raises(ValueError, match='reflect'):
        fold_into_convolution(nn.Conv2d(6, 4, 3, padding=1, padding_mode='reflect'), torch.zeros(6, 6))


class Both(nn.Module):
    """A convolution and another reader side by side."""

    def __init__(self):
        super().__init__()
        self.conv, self.act = nn.Conv2d(8, 8, 1), nn.ReLU()

    def forward(self, x):
        return self.conv(x) + self.act(x)


def test_finds_readers_by_structure_and_proves_them():
    matrix = torch.randn(8, 8)
    projecting = ResLayer(BasicBlock, 2, 8, 16, stride=2)
    assert foldable(projecting, matrix, 2) == ['0.conv1', '0.downsample.0']
    # the identity path reads the input too, which only the numbers show
    plain = ResLayer(BasicBlock, 1, 8, 8)
    assert readers(plain, torch.randn(1, 8, 9, 9)) == ['0.conv1'] and foldable(plain, matrix, 2) is None
    pool = nn.Sequential(nn.MaxPool2d(3), nn.Conv2d(8, 4, 1))
    assert foldable(pool, matrix, 2) is None
    depthwise = nn.Sequential(nn.Conv2d(8, 8, 3, groups=8))
    assert foldable(depthwise, matrix, 2) is None
    assert foldable(Both(), matrix, 2) is None
