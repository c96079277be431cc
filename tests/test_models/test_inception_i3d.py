import copy

import pytest
import torch
import torch.nn.functional as F

from kssnet_mm.models.inception_i3d import InceptionI3D
from kssnet_mm.models.same_padding import SameConv3d, SameMaxPool3d, same_pads


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(0)
    return InceptionI3D().eval()


def test_same_pads_by_hand():
    # kernel 7, stride 2: even sizes lack 5 (2 before, 3 behind), odd ones 6; size 1: 6
    assert same_pads((16, 15, 1), (7, 7, 7), (2, 2, 2)) == ((2, 3), (3, 3), (3, 3))
    assert same_pads((4, 5), (3, 3), (1, 1)) == ((1, 1), (1, 1))
    assert same_pads((4, 5), (2, 2), (2, 2)) == ((0, 0), (0, 1))
    assert same_pads((8, ), (1, ), (1, )) == ((0, 0), )


@pytest.mark.parametrize('size', [(5, 6, 7), (1, 2, 9), (8, 8, 8)])
@pytest.mark.parametrize('kernel, stride', [((7, 7, 7), (2, 2, 2)), ((3, 3, 3), (1, 1, 1)),
                                            ((1, 3, 3), (1, 2, 2))])
def test_convolution_and_pool_take_windows_of_the_padded_input(size, kernel, stride):
    """Against windows cut out of zeros with the input inside."""
    x = torch.randn(1, 2, *size)
    conv, pool = SameConv3d(2, 3, kernel, stride, bias=False), SameMaxPool3d(kernel, stride)
    outputs, margin = [-(-n // s) for n, s in zip(size, stride)], 8
    windows = F.pad(x, [margin] * 6)
    for axis, (n, o, k, s) in enumerate(zip(size, outputs, kernel, stride), 2):
        start = margin - max((o - 1) * s + k - n, 0) // 2
        windows = windows.narrow(axis, start, (o - 1) * s + k).unfold(axis, k, s)
    assert list(windows.shape[2:5]) == outputs
    torch.testing.assert_close(pool(x), windows.amax(dim=(5, 6, 7)))
    expected = torch.einsum('bcthwijk,ocijk->bothw', windows, conv.weight)
    torch.testing.assert_close(conv(x), expected, rtol=1e-4, atol=1e-5)


def test_levels_have_their_channels_and_strides(net):
    with torch.no_grad():
        net.output_stages = ('Conv3d_1a_7x7', 'Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f', 'Mixed_5c')
        shapes = [tuple(x.shape[1:]) for x in net(torch.randn(1, 3, 9, 65, 33))]
        net.output_stages = ('Mixed_5c', )
    # ceil at every halving: 9 5 5 5 3 2; 65 33 17 9 5 3; 33 17 9 5 3 2
    assert shapes == [(64, 5, 33, 17), (192, 5, 17, 9), (480, 5, 9, 5), (832, 3, 5, 3), (1024, 2, 3, 2)]
    with torch.no_grad():
        assert net(torch.randn(2, 3, 1, 32, 32)).shape == (2, 1024, 1, 1, 1)


def test_checkpointing_gives_the_same_gradients(net):
    plain, saving = copy.deepcopy(net).train(), copy.deepcopy(net).train()
    saving.with_cp = True
    x = torch.randn(2, 3, 4, 32, 32)
    for model in (plain, saving):
        model(x).square().mean().backward()
    for (name, a), b in zip(plain.named_parameters(), saving.parameters()):
        torch.testing.assert_close(a.grad, b.grad, msg=name)


def test_freezing_and_norm_eval():
    net = InceptionI3D(frozen_stages=2).train()
    assert not net.Conv3d_2c_3x3.bn.training and net.Mixed_3b.b0.bn.training
    assert not any(p.requires_grad for p in net.Conv3d_1a_7x7.parameters())
    assert all(p.requires_grad for p in net.Mixed_3b.parameters())
    net = InceptionI3D(norm_eval=True).train()
    assert not net.Mixed_5c.b0.bn.training and net.training


def test_bad_settings():
    with pytest.raises(ValueError, match=r'out_indices .* got \(5,\)'):
        InceptionI3D(out_indices=(5, ))
    with pytest.raises(ValueError, match='frozen_stages .* 6'):
        InceptionI3D(frozen_stages=6)
