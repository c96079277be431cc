"""Matrices over the channels against einsum."""
import pytest
import torch

from kssnet_mm.models.necks.channel_mixing import add_mixed, apply_matrix, mix_channels

C, R = 6, 4
# shape and memory format; None: every second position of a larger map, which is neither of the two
MAPS = [((2, C, 5, 4), torch.contiguous_format), ((2, C, 5, 4), torch.channels_last),
        ((2, C, 3, 5, 4), torch.contiguous_format), ((2, C, 3, 5, 4), torch.channels_last_3d),
        ((2, C, 3, 5, 4), None), ((1, C, 1, 1), torch.contiguous_format)]


def feature_map(shape, layout, **kwargs):
    if layout is None:
        return torch.randn(*shape[:-1], 2 * shape[-1], **kwargs)[..., ::2].requires_grad_()
    return torch.randn(shape, **kwargs).contiguous(memory_format=layout).requires_grad_()


def factors(**kwargs):
    return (torch.randn(R, C, requires_grad=True, **kwargs), torch.randn(C, R, requires_grad=True, **kwargs))


def gradients(output, inputs, seed=1):
    torch.manual_seed(seed)
    return torch.autograd.grad((output * torch.randn_like(output)).sum(), inputs)


@pytest.mark.parametrize('shape, layout', MAPS)
def test_add_mixed_equals_einsum_with_gradients(shape, layout):
    x, (down, up) = feature_map(shape, layout, dtype=torch.double), factors(dtype=torch.double)
    expected = x + torch.einsum('dr,rc,bc...->bd...', up, down, x)
    found = add_mixed(x, down, up)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-12)
    if layout is not None:
        assert found.is_contiguous(memory_format=layout)
    for a, b in zip(gradients(found, (x, down, up)), gradients(expected, (x, down, up))):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize('shape', [(1, C, 5, 4), (1, C, 3, 5, 4), (3, C, 3, 5, 4)])
@pytest.mark.parametrize('piece', [True, False])
def test_one_sample_in_float32(shape, piece):
    """Which a CPU's oneDNN multiplies; a piece of a larger map does not lie as it wants."""
    x, (down, up) = torch.randn(*shape[:2], 9, *shape[3:])[:, :, :shape[2]] if piece else torch.randn(shape), factors()
    x.requires_grad_()
    doubles = [t.detach().double().requires_grad_() for t in (x, down, up)]
    expected = doubles[0] + torch.einsum('dr,rc,bc...->bd...', doubles[2], doubles[1], doubles[0])
    found = add_mixed(x, down, up)
    torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=1e-5)
    for a, b in zip(gradients(found, (x, down, up)), gradients(expected.float(), doubles)):
        torch.testing.assert_close(a.double(), b, rtol=1e-5, atol=1e-4)
    matrix = (up @ down).detach()
    torch.testing.assert_close(apply_matrix(x, matrix).double(), expected, rtol=1e-5, atol=1e-5)
    with torch.no_grad():
        written = x.clone(memory_format=torch.preserve_format)
        again = add_mixed(written, down, up, overwrite=True)
        torch.testing.assert_close(again.double(), expected, rtol=1e-5, atol=1e-5)
        if not piece:
            assert again.data_ptr() == written.data_ptr()


@pytest.mark.parametrize('shape, layout', MAPS)
def test_mix_channels_equals_einsum(shape, layout):
    x, weight = feature_map(shape, layout, dtype=torch.double), torch.randn(R, C, dtype=torch.double)
    torch.testing.assert_close(mix_channels(x, weight), torch.einsum('rc,bc...->br...', weight, x))


@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
def test_stays_in_the_type_of_the_map_under_autocast(dtype):
    x, (down, up) = feature_map(*MAPS[0], dtype=dtype), factors()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        found = add_mixed(x, down, up)
    assert found.dtype is dtype
    rounded = [tensor.detach().to(dtype) for tensor in (x, down, up)]
    torch.testing.assert_close(found.detach(), add_mixed(*rounded), rtol=0, atol=0)
    assert [g.dtype for g in gradients(found, (x, down, up))] == [dtype, torch.float32, torch.float32]


@pytest.mark.parametrize('dtype, autocast', [(torch.float32, True), (torch.bfloat16, False), (torch.bfloat16, True)])
def test_a_small_matrix_is_not_lost_beside_the_identity(dtype, autocast):
    """1.002 is 1 in bfloat16: of I + M its diagonal would vanish, in every sample alike."""
    generator = torch.Generator().manual_seed(0)
    x = 1 + torch.rand(1, C, 100, 100, generator=generator).to(dtype)
    mixing = 0.25 * torch.rand(C, C, generator=generator)  # which varies the sums, so that their rounding averages out
    matrix = mixing.fill_diagonal_(0).to(dtype).float() + 2e-3 * torch.eye(C)
    expected = x.double() + torch.einsum('dc,bchw->bdhw', matrix.double(), x.double())
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=autocast):
        found = apply_matrix(x, matrix)
    assert found.dtype is dtype
    assert abs(((found.double() - expected) / x.double()).mean().item()) < (1e-6 if dtype is torch.float32 else 4e-4)
