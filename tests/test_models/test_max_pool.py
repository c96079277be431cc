"""The max-pool of inference on a CPU against torch's."""
import pytest
import torch
import torch.nn.functional as F

from kssnet_mm.models.max_pool import same_max_pool3d
from kssnet_mm.models.same_padding import SameMaxPool3d, same_pads

# the four of Inception-I3D, one that overlaps in every axis, two with steps between windows, one of a large window
POOLS = [((1, 3, 3), (1, 2, 2)), ((3, 3, 3), (2, 2, 2)), ((2, 2, 2), (2, 2, 2)), ((3, 3, 3), (1, 1, 1)),
         ((4, 2, 3), (3, 1, 2)), ((1, 3, 3), (2, 1, 2)), ((1, 1, 2), (2, 1, 3)), ((2, 7, 6), (1, 2, 3))]
SIZES = [(8, 14, 14), (5, 7, 9), (4, 3, 3), (1, 2, 1)]
LAYOUTS = [torch.contiguous_format, torch.channels_last_3d]


def torch_pool(x, kernel, stride):
    """Zeros around, then torch's loop."""
    pads = same_pads(x.shape[2:], kernel, stride)
    return F.max_pool3d(F.pad(x, [n for pair in reversed(pads) for n in pair]), kernel, stride)


def before(x, kernel, stride):
    return [first for first, _ in same_pads(x.shape[2:], kernel, stride)]


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('layout', LAYOUTS)
def test_equals_torch(kernel, stride, size, layout):
    """So does the module, which takes torch's loop with a gradient and ours without one."""
    # below zero, so that the zeros around it count
    x = (torch.randn(2, 5, *size) - 1).contiguous(memory_format=layout)
    kept = x.clone()
    found = same_max_pool3d(x, kernel, stride, before(x, kernel, stride))
    assert torch.equal(found, torch_pool(x, kernel, stride))
    assert found.is_contiguous(memory_format=layout) or 1 in (*kernel, *size)
    assert torch.equal(x, kept)
    pool = SameMaxPool3d(kernel, stride)
    trained = pool(x.clone().requires_grad_())
    assert trained.requires_grad and torch.equal(pool(x), found) and torch.equal(trained, found)


@pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf')])
def test_equals_torch_on_special_values(value):
    x = torch.randn(2, 3, 6, 9, 9)
    x[torch.rand(x.shape) < .02] = value
    found = same_max_pool3d(x, (3, 3, 3), (2, 2, 2), before(x, (3, 3, 3), (2, 2, 2)))
    expected = torch_pool(x, (3, 3, 3), (2, 2, 2))
    assert (~expected.isfinite()).any() or value < 0
    torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)
