"""The max-pool of training on a CPU against torch's."""
import math

import pytest
import torch
import torch.nn.functional as F

from kssnet_mm.models.backbones import same_padding
from kssnet_mm.models.backbones.learning_max_pool import learning_max_pool3d, pooled_size, windows_over_the_edge
from kssnet_mm.models.backbones.same_padding import SameMaxPool3d, pad, same_pads

# the four of Inception-I3D and one of windows that reach two positions beyond x
POOLS = [((1, 3, 3), (1, 2, 2)), ((3, 3, 3), (2, 2, 2)), ((2, 2, 2), (2, 2, 2)), ((3, 3, 3), (1, 1, 1)),
         ((5, 5, 4), (2, 1, 3))]
LAYOUTS = [torch.contiguous_format, torch.channels_last_3d]


def torch_pool(x, kernel, stride):
    return F.max_pool3d(pad(x, same_pads(x.shape[2:], kernel, stride)), kernel, stride)


def our_pool(x, kernel, stride):
    y = learning_max_pool3d(x, kernel, stride, [first for first, _ in same_pads(x.shape[2:], kernel, stride)])
    assert y is not None
    return y


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', [(8, 14, 14), (5, 7, 9), (4, 3, 3), (1, 2, 1)])
@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('below', [0, 2, 9])
def test_values_and_gradients_equal_torch(kernel, stride, size, layout, below):
    """Also of windows in which the zeros around x win, and where they win everywhere at the edges."""
    x = (torch.randn(2, 5, *size) - below).contiguous(memory_format=layout).requires_grad_()
    found, expected = our_pool(x, kernel, stride), torch_pool(x, kernel, stride)
    assert torch.equal(found, expected)
    weight = torch.randn_like(expected)
    kept = weight.clone()
    gradient, = torch.autograd.grad(found, x, weight)
    torch.testing.assert_close(gradient, torch.autograd.grad(expected, x, weight)[0], rtol=1e-5, atol=1e-5)
    # torch's loop for the other layout gives the same in twice the time
    turned = layout == torch.contiguous_format and math.prod(kernel) > 4 * math.prod(stride)
    assert 1 in size or gradient.is_contiguous(memory_format=LAYOUTS[1] if turned else layout)
    assert torch.equal(weight, kept)  # what is handed back belongs to others too


@pytest.mark.parametrize('layout', LAYOUTS)
def test_of_zeros_in_and_around_x_those_in_x_have_the_gradient(layout):
    x = torch.zeros(1, 2, 2, 2, 2).contiguous(memory_format=layout).requires_grad_()
    gradient, = torch.autograd.grad(our_pool(x, (3, 3, 3), (1, 1, 1)).sum(), x)
    assert torch.equal(gradient.sum((2, 3, 4)), torch.full((1, 2), 8.)) and gradient[0, 0, 0, 0, 0] == 8


@pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf')])
def test_special_values(value):
    x = torch.randn(2, 3, 6, 9, 9) - 1
    x[torch.rand(x.shape) < .05] = value
    x = x.requires_grad_()
    for kernel, stride in POOLS[:4]:
        found, expected = our_pool(x, kernel, stride), torch_pool(x, kernel, stride)
        torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)
        a, b = (torch.autograd.grad(y, x, torch.ones_like(y))[0] for y in (found, expected))
        torch.testing.assert_close(a, b, rtol=0, atol=0)


@pytest.mark.parametrize('dtype', [torch.float64, torch.bfloat16])
def test_other_types(dtype):
    x = (torch.randn(2, 8, 4, 9, 9) - 1).to(dtype).requires_grad_()
    for kernel, stride in POOLS[:4]:
        found, expected = our_pool(x, kernel, stride), torch_pool(x, kernel, stride)
        assert found.dtype is dtype and torch.equal(found, expected)


@pytest.mark.parametrize('kernel, stride', POOLS[:4])
def test_gradients_of_gradients(kernel, stride):
    x = torch.randn(1, 2, 4, 5, 5, dtype=torch.double).mul(10).requires_grad_()
    assert torch.autograd.gradgradcheck(lambda x: our_pool(x, kernel, stride).square(), (x, ), atol=1e-4)


@pytest.mark.parametrize('kernel, stride', POOLS[:4])
@pytest.mark.parametrize('layout', LAYOUTS)
def test_keeps_positions_and_not_the_input(kernel, stride, layout):
    """8 bytes a window, and a byte for each at an edge of each axis."""
    x = (torch.randn(2, 64, 8, 14, 14) - 3).contiguous(memory_format=layout).requires_grad_()
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.numel() * t.element_size()) or t,
                                                  lambda t: t):
        y = our_pool(x, kernel, stride)
    edges = [y[edge].numel() for edge in windows_over_the_edge(x.shape[2:], y.shape[2:], kernel, stride,
                                                               [k > 2 and s == 1 for k, s in zip(kernel, stride)])]
    assert sum(kept) == 8 * y.numel() + sum(edges)
    assert len(edges) == {((1, 3, 3), (1, 2, 2)): 2, ((3, 3, 3), (2, 2, 2)): 3, ((3, 3, 3), (1, 1, 1)): 6}.get(
        (kernel, stride), 0)


@pytest.mark.parametrize('size, kernel, stride, before', [
    ((8, 9, 10), (3, 3, 3), (2, 2, 2), (0, 1, 0)), ((7, 5, 1), (2, 4, 5), (2, 1, 3), (0, 1, 2)),
    ((6, 6, 6), (1, 1, 2), (2, 3, 1), (0, 0, 0))])
def test_pooled_size_is_torchs(size, kernel, stride, before):
    y = F.max_pool3d(torch.zeros(1, 1, *size), kernel, stride, before, ceil_mode=True)
    assert pooled_size(size, kernel, stride, before) == tuple(y.shape[2:])


def test_behind_a_relu_no_edge_is_kept():
    x, kept = torch.rand(1, 2, 4, 5, 5).requires_grad_(), []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(t.dtype) or t, lambda t: t):
        our_pool(x, (3, 3, 3), (1, 1, 1))
    assert kept == [torch.int64]


def test_none_where_torch_has_no_such_pool():
    """An even window at every position needs a zero behind x only, and a whole step of it."""
    assert learning_max_pool3d(torch.zeros(1, 1, 4, 4, 4), (1, 1, 2), (1, 1, 1), (0, 0, 0)) is None
    x = torch.randn(1, 2, 4, 4, 4, requires_grad=True)
    assert torch.equal(SameMaxPool3d((1, 1, 2), (1, 1, 1))(x), torch_pool(x, (1, 1, 2), (1, 1, 1)))


def test_where_code_is_transformed_torchs_pool_is_called(monkeypatch):
    """By torch.func, in forward mode, or under a mode that watches every operator."""
    pool, x = SameMaxPool3d((3, 3, 3), (2, 2, 2)), torch.randn(1, 2, 4, 6, 6)
    with_grad = x.clone().requires_grad_()
    expected, = torch.autograd.grad(pool(with_grad).square().sum(), with_grad)
    called = []
    monkeypatch.setattr(same_padding, 'learning_max_pool3d', lambda *args: called.append(args))
    torch.testing.assert_close(torch.func.grad(lambda x: pool(x).square().sum())(x), expected)
    tangent = torch.randn_like(x)
    with torch.autograd.forward_ad.dual_level():
        y = pool(torch.autograd.forward_ad.make_dual(x.clone().requires_grad_(), tangent)).square().sum()
        moved = torch.autograd.forward_ad.unpack_dual(y).tangent
    torch.testing.assert_close(moved.detach(), (expected * tangent).sum())
    assert not called
    pool(with_grad)
    assert len(called) == 1
