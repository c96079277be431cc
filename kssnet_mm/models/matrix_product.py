"""Products of two matrices, on an x86 CPU by oneDNN.

Its product of float32 matrices, by which torch computes the linear layers of a compiled model, takes less time than
the one behind ``torch.mm`` (tools/benchmarks/matrix_product.py).
"""
import functools
import platform
from typing import Optional, Tuple

import torch

from kssnet_mm.compat import is_autocasting_cpu

from .eager import is_eager_cpu


def _multiply(a: torch.Tensor, b: torch.Tensor, base: Optional[torch.Tensor]) -> torch.Tensor:
    """[base +] a b by the operator of linear layers, which knows nothing of gradients.

    b may lie by rows or by columns; for steps between them the operator has a loop of a thousandth of the speed.
    """
    if not b.t().is_contiguous():
        b = b.contiguous()
    if base is None:
        return torch.ops.mkldnn._linear_pointwise(a, b.t(), None, 'none', [], '')
    return torch.ops.mkldnn._linear_pointwise.binary(a, base, b.t(), None, 'add')


@functools.lru_cache(None)
def has_onednn() -> bool:
    """Whether torch is built with the operator, which it does not document, and the operator multiplies.

    On other processors it may have no fast loop for matrices that lie as ours do.
    """
    if platform.machine() not in ('x86_64', 'AMD64') or not torch.backends.mkldnn.is_available():
        return False
    a, b, base = torch.arange(6.).view(2, 3), torch.arange(12.).view(3, 4), torch.ones(2, 4)
    try:
        return torch.equal(_multiply(a, b, None), a @ b) and torch.equal(_multiply(a, b, base), a @ b + 1)
    except (AttributeError, RuntimeError, TypeError):
        return False


def by_onednn(*factors: Optional[torch.Tensor]) -> bool:
    """Whether oneDNN multiplies these: float32, where autocast does not choose the type."""
    given = [x for x in factors if x is not None]
    return (is_eager_cpu(*given) and all(x.dtype == torch.float32 for x in given) and not is_autocasting_cpu()
            and has_onednn())


def _needs_gradients(*factors: Optional[torch.Tensor]) -> bool:
    return torch.is_grad_enabled() and any(x.requires_grad for x in factors if x is not None)


class _Product(torch.autograd.Function):
    """[base +] a b with gradients."""

    @staticmethod
    def forward(ctx, a: torch.Tensor, b: torch.Tensor, base: Optional[torch.Tensor]) -> torch.Tensor:
        for_a, for_b, _ = ctx.needs_input_grad
        ctx.save_for_backward(a if for_b else None, b if for_a else None)
        return _multiply(a, b, base)

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> Tuple[Optional[torch.Tensor], ...]:
        a, b = ctx.saved_tensors
        for_a, for_b, for_base = ctx.needs_input_grad
        with torch.autocast('cpu', enabled=False):
            return (matrix_product(grad, b.t()) if for_a else None, matrix_product(a.t(), grad) if for_b else None,
                    grad if for_base else None)


def matrix_product(a: torch.Tensor, b: torch.Tensor, base: Optional[torch.Tensor] = None) -> torch.Tensor:
    """[base +] a b of float32 matrices a (m, k), b (k, n) and base (m, n); of other types as torch has it."""
    if not by_onednn(a, b, base):
        return a @ b if base is None else torch.addmm(base, a, b)
    if _needs_gradients(a, b, base):
        return _Product.apply(a, b, base)
    return _multiply(a, b, base)


class _AddProducts(torch.autograd.Function):
    """x + up (down x) with gradients; one function, as two would pass over x once more to sum its gradients."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, down: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        mixed = _multiply(down, x, None)
        ctx.save_for_backward(x, down, up, mixed)
        return _multiply(up, mixed, x)

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> Tuple[Optional[torch.Tensor], ...]:
        x, down, up, mixed = ctx.saved_tensors
        for_x, for_down, for_up = ctx.needs_input_grad
        with torch.autocast('cpu', enabled=False):
            if torch.is_grad_enabled():  # gradients of gradients: what was kept knows nothing of x and down
                mixed = matrix_product(down, x)
            inner = matrix_product(up.t(), grad) if for_x or for_down else None
            return (matrix_product(down.t(), inner, grad) if for_x else None,
                    matrix_product(inner, x.t()) if for_down else None,
                    matrix_product(grad, mixed.t()) if for_up else None)


def add_products(x: torch.Tensor, down: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """x + up (down x) of float32 matrices x (C, P), down (r, C) and up (C, r), where :func:`by_onednn` says so."""
    if _needs_gradients(x, down, up):
        return _AddProducts.apply(x, down, up)
    return _multiply(up, _multiply(down, x, None), x)
