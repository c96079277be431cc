"""The max-pool of inference on a CPU against torch's."""
import pytest
import torch
import torch.nn.functional as F

from kssnet_mm.models.backbones.same_padding import SameMaxPool3d
from kssnet_mm.models.backbones.separable_max_pool import separable_max_pool3d

# the four of Inception-I3D, and one that overlaps in every axis
POOLS = [((1, 3, 3), (1, 2, 2)), ((3, 3, 3), (2, 2, 2)), ((2, 2, 2), (2, 2, 2)), ((3, 3, 3), (1, 1, 1)),
         ((4, 2, 3), (3, 1, 2))]
SIZES = [(8, 14, 14), (5, 7, 9), (4, 3, 3)]


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last_3d])
def test_equals_torch(kernel, stride, size, layout):
    x = torch.randn(2, 5, *size).contiguous(memory_format=layout)
    before = x.clone()
    found = separable_max_pool3d(x, kernel, stride)
    assert torch.equal(found, F.max_pool3d(x, kernel, stride))
    assert found.is_contiguous(memory_format=layout)
    assert torch.equal(x, before)


@pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf')])
def test_equals_torch_on_special_values(value):
    x = torch.randn(2, 3, 6, 9, 9)
    x[torch.rand(x.shape) < .02] = value
    found = separable_max_pool3d(x, (3, 3, 3), (2, 2, 2))
    expected = F.max_pool3d(x, (3, 3, 3), (2, 2, 2))
    assert (~expected.isfinite()).any() or value < 0
    torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', SIZES)
def test_training_and_inference_pool_alike(kernel, stride, size):
    """With a gradient the module takes torch's loop, without one ours."""
    pool, x = SameMaxPool3d(kernel, stride), torch.randn(2, 5, *size)
    trained = pool(x.clone().requires_grad_())
    assert trained.requires_grad and torch.equal(pool(x), trained)
