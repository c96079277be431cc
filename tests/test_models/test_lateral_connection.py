"""LateralConnection against eq. 7."""
import pytest
import torch
from reference import lateral

from kssnet_mm.models.lateral_connection import LateralConnection

SHAPES = [(2, 6, 5, 4), (2, 6, 3, 5, 4)]


@pytest.mark.parametrize('shape', SHAPES)
@pytest.mark.parametrize('form', ['pair', 'fused'])
@pytest.mark.parametrize('with_cp', [False, True])
def test_equals_formula_with_gradients(shape, form, with_cp):
    lc = LateralConnection(4, 6, form=form, zero_init=False, with_cp=with_cp).double()
    x = torch.randn(shape, dtype=torch.double, requires_grad=True)
    e = torch.randn(4, 6, dtype=torch.double, requires_grad=True)
    expected = lateral(x, e, lc.weight)
    probe = torch.randn_like(expected)
    inputs = (x, e, lc.weight)
    ours = torch.autograd.grad((lc(x, e) * probe).sum(), inputs)
    theirs = torch.autograd.grad((expected * probe).sum(), inputs)
    torch.testing.assert_close(lc(x, e), expected, rtol=1e-12, atol=1e-12)
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)
    # either layout gives the same and is kept
    layout = torch.channels_last if len(shape) == 4 else torch.channels_last_3d
    got = lc(x.contiguous(memory_format=layout), e)
    torch.testing.assert_close(got, expected)
    assert got.is_contiguous(memory_format=layout) and lc(x, e).is_contiguous()


@pytest.mark.parametrize('form', ['pair', 'fused'])
def test_with_cp_keeps_nothing_but_its_inputs(form):
    x, e = torch.randn(SHAPES[1], requires_grad=True), torch.randn(4, 6, requires_grad=True)
    kept = {}
    for with_cp in (False, True):
        lc = LateralConnection(4, 6, form=form, zero_init=False, with_cp=with_cp)
        known = {tensor.untyped_storage().data_ptr() for tensor in (x, e, lc.weight)}
        found = {}

        def pack(tensor):
            found[tensor.untyped_storage().data_ptr()] = tensor  # held, so that its address is not given out again
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            lc(x, e)
        kept[with_cp] = [tensor.shape for address, tensor in found.items()
                         if tensor.numel() and address not in known]  # torch 2.1 keeps an empty one
    assert kept[False] and not kept[True]


def test_matrix_is_the_whole_connection():
    lc = LateralConnection(4, 6, zero_init=False).double()
    x, e = torch.randn(2, 6, 3, 3, dtype=torch.double), torch.randn(4, 6, dtype=torch.double)
    whole = torch.eye(6, dtype=torch.double) + lc.matrix(e)
    torch.testing.assert_close(lc(x, e), torch.einsum('dc,bchw->bdhw', whole, x))


def test_auto_takes_the_cheaper_form():
    assert LateralConnection(80, 128).fused  # C^2 = 16384 < 2NC = 20480
    assert not LateralConnection(80, 256).fused  # 65536 > 40960


def test_default_initialisation_of_a_convolution():
    lc = LateralConnection(100, 64, zero_init=False)
    lc.init_weights()
    assert lc.weight.abs().max() <= 0.1 and lc.weight.std() > 0.05  # U(-1/sqrt(100), 1/sqrt(100))


def test_bad_form_is_named():
    with pytest.raises(ValueError, match="'both'"):
        LateralConnection(4, 6, form='both')
