"""The max-pool of inference on a CPU against torch's, whole and in pieces."""
import pytest
import torch
import torch.nn.functional as F

from kssnet_mm.models.backbones import separable_max_pool
from kssnet_mm.models.backbones.learning_max_pool import learning_max_pool3d
from kssnet_mm.models.backbones.same_padding import SameMaxPool3d, same_pads
from kssnet_mm.models.backbones.separable_max_pool import apply_map, mapped_max_pool3d, pieces, same_max_pool3d

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


@pytest.fixture
def small_pieces(monkeypatch):
    """Whatever is larger than 64 bytes is cut, into single frames or into two of 14 x 14 and five channels."""
    for name, size in dict(WHOLE=64, FIRST_PIECE=64, LAST_PIECE=2 * 5 * 14 * 14 * 4).items():
        monkeypatch.setattr(separable_max_pool, name, size)


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('layout', LAYOUTS)
def test_equals_torch(kernel, stride, size, layout):
    # below zero, so that the zeros around it count
    x = (torch.randn(2, 5, *size) - 1).contiguous(memory_format=layout)
    kept = x.clone()
    found = same_max_pool3d(x, kernel, stride, before(x, kernel, stride))
    assert torch.equal(found, torch_pool(x, kernel, stride))
    assert found.is_contiguous(memory_format=layout) or 1 in (*kernel, *size)
    assert torch.equal(x, kept)


@pytest.mark.parametrize('value', [float('nan'), float('inf'), -float('inf')])
def test_equals_torch_on_special_values(value):
    x = torch.randn(2, 3, 6, 9, 9)
    x[torch.rand(x.shape) < .02] = value
    found = same_max_pool3d(x, (3, 3, 3), (2, 2, 2), before(x, (3, 3, 3), (2, 2, 2)))
    expected = torch_pool(x, (3, 3, 3), (2, 2, 2))
    assert (~expected.isfinite()).any() or value < 0
    torch.testing.assert_close(found, expected, rtol=0, atol=0, equal_nan=True)


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', SIZES)
def test_training_and_inference_pool_alike(kernel, stride, size):
    """With a gradient the module takes torch's loop, without one ours."""
    pool, x = SameMaxPool3d(kernel, stride), torch.randn(2, 5, *size)
    trained = pool(x.clone().requires_grad_())
    assert trained.requires_grad and torch.equal(pool(x), trained)
    with torch.no_grad():
        assert torch.equal(pool(x.clone(), lambda part: part.mul(2).sub(1)), pool(x * 2 - 1))


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('whole', [True, False])
def test_gradients_equal_torch(monkeypatch, kernel, stride, size, layout, whole):
    """Also among equal values, of which the first has it, and where samples are pooled one by one."""
    if not whole:
        monkeypatch.setattr(separable_max_pool, 'WHOLE', 64)
    x = torch.randn(3, 5, *size).mul(2).round().contiguous(memory_format=layout).requires_grad_()
    found = SameMaxPool3d(kernel, stride)(x)
    assert torch.equal(found, torch_pool(x, kernel, stride))
    if learning_max_pool3d(x, kernel, stride, before(x, kernel, stride)) is not None:
        # of zeros in x and outside of it those in x have it, as if they were a little larger
        expected = torch_pool(torch.where(x == 0, x + 1e-30, x), kernel, stride)
    else:
        expected = torch_pool(x, kernel, stride)
    assert found.is_contiguous(memory_format=layout) or 1 in (*kernel, *size)
    weight = torch.randn_like(expected)
    gradient, = torch.autograd.grad(found, x, weight)
    # sums over overlapping windows in another order
    torch.testing.assert_close(gradient, torch.autograd.grad(expected, x, weight)[0], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('kernel, stride', POOLS)
@pytest.mark.parametrize('size', SIZES)
@pytest.mark.parametrize('layout', LAYOUTS)
@pytest.mark.parametrize('change', [None, lambda part: part * 2 - 1, lambda part: part.mul_(2).sub_(1)])
def test_pieces_equal_the_whole(small_pieces, kernel, stride, size, layout, change):
    """A map that makes a new tensor, and one that writes over its input."""
    x = (torch.randn(3, 5, *size) - 1).contiguous(memory_format=layout)
    expected = torch_pool(x if change is None else x * 2 - 1, kernel, stride)
    found = mapped_max_pool3d(x, kernel, stride, before(x, kernel, stride), change)
    assert torch.equal(found, expected) and found.is_contiguous(memory_format=layout)


def test_a_map_sees_every_position_once(small_pieces):
    for shape, parts in (((3, 5, 4, 14, 14), (12, 6)), ((3, 5, 2, 3, 3), (6, 1))):
        for layout, count in zip(LAYOUTS, parts):
            x = torch.zeros(shape).contiguous(memory_format=layout)
            seen = []

            def add_one(part):
                seen.append(part.numel())
                return part.add_(1)

            mapped_max_pool3d(x, (3, 3, 3), (2, 2, 2), (0, 0, 0), add_one)
            assert torch.equal(x, torch.ones(shape)) and sum(seen) == x.numel() and len(seen) == count


def test_pieces_are_frames_of_one_sample_or_whole_samples(monkeypatch):
    x = torch.zeros(5, 2, 4, 3, 3)  # 72 bytes a frame, 288 a sample
    for size, expected in ((1, [(b, b + 1, t, t + 1) for b in range(5) for t in range(4)]),
                           (220, [(b, b + 1, t, t + 3) for b in range(5) for t in (0, 3)]),
                           (600, [(0, 2, 0, 8), (2, 4, 0, 8), (4, 6, 0, 8)])):
        monkeypatch.setattr(separable_max_pool, 'FIRST_PIECE', size)
        assert [(s.start, s.stop, f.start, f.stop) for s, f in pieces(x)] == expected


def test_channels_first_every_thread_has_a_frame(monkeypatch):
    monkeypatch.setattr(torch, 'get_num_threads', lambda: 2)
    x = torch.zeros(1, 2, 7, 3, 3)  # 72 bytes a frame
    for size, frames in ((1, 2), (220, 2), (300, 4)):
        for name in ('FIRST_PIECE', 'LAST_PIECE'):
            monkeypatch.setattr(separable_max_pool, name, size)
        assert [f.stop - f.start for _, f in pieces(x)] == [frames] * -(-7 // frames)
        last = x.contiguous(memory_format=torch.channels_last_3d)
        assert next(pieces(last))[1].stop == max(size // 72, 1)


@pytest.mark.parametrize('layout', LAYOUTS)
def test_frames_of_one_sample_are_mapped_as_samples(monkeypatch, layout):
    """Seen by the map as a batch of images; what comes after reads the layout that it would have read."""
    monkeypatch.setattr(separable_max_pool, 'by_onednn', lambda x: False)
    x = torch.randn(1, 5, 4, 6, 6).contiguous(memory_format=layout)
    seen = []

    def frame_by_frame(part):
        seen.append(part.clone())
        return (part + 1).contiguous()  # as products of matrices give it

    found = mapped_max_pool3d(x, (3, 3, 3), (2, 2, 2), (0, 0, 0), frame_by_frame)
    assert len(seen) == 1 and torch.equal(seen[0], x[0].transpose(0, 1))
    assert torch.equal(found, torch_pool(x + 1, (3, 3, 3), (2, 2, 2))) and found.is_contiguous(memory_format=layout)
    if layout == torch.channels_last_3d:  # also the stride of the batch, or convolutions read it as channels first
        assert found.stride() == (90, 1, 45, 15, 5)
    batch, samples = x.expand(2, *x.shape[1:]).contiguous(memory_format=layout), []
    mapped_max_pool3d(batch, (3, 3, 3), (2, 2, 2), (0, 0, 0), lambda part: samples.append(part.shape) or part)
    assert samples == [batch.shape]


def test_a_whole_sample_goes_to_onednn_as_it_is(monkeypatch, small_pieces):
    """Of a piece, or with channels last, the frames do: oneDNN is slow where rows do not follow each other."""
    monkeypatch.setattr(separable_max_pool, 'by_onednn', lambda x: True)
    x, seen = torch.randn(1, 5, 4, 6, 6), []

    def look(part):
        seen.append(tuple(part.shape))
        return part

    apply_map(x, look)
    apply_map(x.contiguous(memory_format=torch.channels_last_3d), look)
    apply_map(x[:, :, :2], look)
    assert seen == [(1, 5, 4, 6, 6), (4, 5, 6, 6), (2, 5, 6, 6)]
