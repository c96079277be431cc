"""Products by oneDNN against torch's in float64."""
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from kssnet_mm.models import matrix_product as module
from kssnet_mm.models.matrix_product import add_products, by_onednn, has_onednn, matrix_product

needs_onednn = pytest.mark.skipif(not has_onednn(), reason='torch has no product by oneDNN here')
SIZES = [(5, 7, 9), (1, 5, 7), (5, 1, 7), (5, 7, 1), (1, 1, 1), (157, 300, 64)]
# how b (k, n) may lie: by rows, by columns, cut out, of a frame, repeated, with steps
LIES = {
    'rows': lambda k, n: torch.randn(k, n),
    'columns': lambda k, n: torch.randn(n, k).t(),
    'cut': lambda k, n: torch.randn(k, 3 * n)[:, n:2 * n],
    'frame': lambda k, n: torch.randn(k, 3, n).transpose(0, 1)[1],
    'repeated': lambda k, n: torch.randn(1, n).expand(k, n),
    'steps': lambda k, n: torch.randn(2 * k, 2 * n)[::2, ::2],
}


def close(found, expected):
    torch.testing.assert_close(found, expected.float(), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize('m, k, n', SIZES)
@pytest.mark.parametrize('lies', LIES)
@pytest.mark.parametrize('training', [True, False])
def test_equals_torch(m, k, n, lies, training):
    a, b, base = torch.randn(k, m).t(), LIES[lies](k, n), LIES[lies](m, n)
    kept = base.clone()
    factors = [x.requires_grad_(training) for x in (a, b, base)]
    a64, b64, base64 = (x.detach().double() for x in factors)
    close(matrix_product(a, b), a64 @ b64)
    close(matrix_product(a, b, base), base64 + a64 @ b64)
    assert torch.equal(base, kept) and matrix_product(a, b).requires_grad == training


@needs_onednn
def test_onednn_is_asked(monkeypatch):
    """For float32 on a CPU; rows or columns that do not follow each other are copied first, as it has no fast loop."""
    given = []

    def multiply(x, w, *args):
        given.append(w.is_contiguous() or w.t().is_contiguous())
        return x @ w.t()

    monkeypatch.setattr(torch.ops.mkldnn, '_linear_pointwise', multiply)
    for lies in LIES.values():
        matrix_product(torch.randn(5, 7), lies(7, 9))
    assert given == [True] * len(LIES)
    matrix_product(torch.randn(5, 7).double(), torch.randn(7, 9).double())
    matrix_product(torch.randn(5, 0), torch.randn(0, 9))
    assert len(given) == len(LIES)


@pytest.mark.parametrize('with_base', [True, False])
def test_gradients(with_base):
    factors = [torch.randn(size, requires_grad=True) for size in ((5, 7), (7, 9), (5, 9))][:2 + with_base]
    weight = torch.randn(5, 9)
    found = torch.autograd.grad(matrix_product(*factors), factors, weight)
    doubles = [x.detach().double().requires_grad_() for x in factors]
    a, b, *base = doubles
    for one, other in zip(found, torch.autograd.grad(a @ b + sum(base), doubles, weight.double())):
        close(one, other)


@pytest.mark.parametrize('needed', [(0, ), (1, ), (2, ), (0, 2), (1, 2)])
@pytest.mark.parametrize('function, expected', [(matrix_product, lambda a, b, c: c + a @ b),
                                                (add_products, lambda x, down, up: x + up @ (down @ x))])
def test_gradients_of_some(function, expected, needed):
    sizes = ((5, 7), (7, 9), (5, 9)) if function is matrix_product else ((5, 9), (3, 5), (5, 3))
    factors = [torch.randn(size) for size in sizes]
    for i in needed:
        factors[i].requires_grad_()
    doubles = [x.detach().double().requires_grad_(x.requires_grad) for x in factors]
    wanted = [(factors[i], doubles[i]) for i in needed]
    found, reference = function(*factors).square().sum(), expected(*doubles).square().sum()
    for (x, y) in wanted:
        close(torch.autograd.grad(found, x, retain_graph=True)[0],
              torch.autograd.grad(reference, y, retain_graph=True)[0])


@needs_onednn
def test_gradients_of_gradients():
    """Of what is kept between the products too."""
    x, down, up = (torch.randn(size, requires_grad=True) for size in ((5, 9), (3, 5), (5, 3)))
    doubles = [t.detach().double().requires_grad_() for t in (x, down, up)]

    def penalty(factors, function):
        gradients = torch.autograd.grad(function(*factors).pow(3).sum(), factors, create_graph=True)
        return torch.autograd.grad(sum(g.square().sum() for g in gradients), factors)

    expected = penalty(doubles, lambda x, down, up: x + up @ (down @ x))
    for function in (add_products, lambda x, down, up: matrix_product(up, matrix_product(down, x), x)):
        for found, other in zip(penalty((x, down, up), function), expected):
            torch.testing.assert_close(found.double(), other, rtol=1e-3, atol=1e-3 * other.abs().max().item())


@needs_onednn
def test_only_what_gradients_need_is_kept():
    a, b = torch.randn(5, 7), torch.randn(7, 9, requires_grad=True)
    kept = []
    with torch.autograd.graph.saved_tensors_hooks(lambda t: kept.append(tuple(t.shape)) or t, lambda t: t):
        matrix_product(a, b)
    assert kept == [(5, 7)]


@needs_onednn
def test_torchs_products_where_others_look_on():
    a, b = torch.randn(5, 7), torch.randn(7, 9)
    assert by_onednn(a, b) and by_onednn(a, None)
    with FlopCounterMode(display=False) as counter:
        assert not by_onednn(a)
        matrix_product(a, b)
    assert counter.get_total_flops() == 2 * 5 * 7 * 9
    with torch.autocast('cpu', dtype=torch.bfloat16):
        assert not by_onednn(a) and matrix_product(a, b).dtype is torch.bfloat16
    assert not by_onednn(a.to('meta')) and not by_onednn(a.double()) and not by_onednn(a[:0])
    torch.testing.assert_close(torch.func.grad(lambda a: matrix_product(a, b).sum())(a), b.sum(1).expand(5, 7))
    torch.testing.assert_close(torch.func.vmap(lambda row: matrix_product(row[None], b)[0])(a), a @ b)
    with torch.autograd.forward_ad.dual_level():
        y = matrix_product(torch.autograd.forward_ad.make_dual(a, a), b)
        torch.testing.assert_close(torch.autograd.forward_ad.unpack_dual(y).tangent, a @ b)
    traced = torch.jit.trace(matrix_product, (a, b))
    assert 'mkldnn' not in str(traced.graph) and 'aten::matmul' in str(traced.graph)


@needs_onednn
def test_backward_under_autocast_stays_in_float32():
    a, b = torch.randn(5, 700, requires_grad=True), torch.randn(700, 9, requires_grad=True)
    found = matrix_product(a, b)
    with torch.autocast('cpu', dtype=torch.bfloat16):
        gradient, = torch.autograd.grad(found.sum(), a)
    close(gradient, b.detach().double().sum(1).expand(5, 700))


def test_without_the_operator(monkeypatch):
    """Another processor, a build without oneDNN, an operator of another signature, one that multiplies wrongly."""
    has_onednn.cache_clear()
    try:
        for name, replace in ((('platform.machine'), lambda: 'aarch64'),
                              ('torch.backends.mkldnn.is_available', lambda: False)):
            with monkeypatch.context() as patch:
                patch.setattr(name, replace)
                assert not has_onednn()
            has_onednn.cache_clear()
        for replace in (lambda a, b, base: a @ b + 1, lambda a, b: a @ b):
            with monkeypatch.context() as patch:
                patch.setattr(module, '_multiply', replace)
                assert not has_onednn()
                a, b = torch.randn(5, 7), torch.randn(7, 9)
                assert torch.equal(matrix_product(a, b, b[:5]), torch.addmm(b[:5], a, b))
            has_onednn.cache_clear()
    finally:
        has_onednn.cache_clear()
