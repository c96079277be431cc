import pytest
import torch
import torch.nn as nn

from kssnet_mm.deploy.fold import fold_into_convolution


@pytest.mark.parametrize('conv, shape', [
    (nn.Conv2d(6, 5, 3, stride=2, padding=1, bias=True), (2, 6, 7, 7)),
    (nn.Conv2d(6, 5, 1, stride=2, bias=False), (2, 6, 7, 7)),
    (nn.Conv3d(6, 5, (3, 1, 1), padding=(1, 0, 0)), (2, 6, 4, 3, 3)),
])
def test_folded_equals_connection_then_convolution(conv, shape):
    torch.manual_seed(0)
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
