"""Matrices over the channels at every position, for feature maps of either memory layout."""
from contextlib import nullcontext
from typing import ContextManager, Optional, Tuple

import torch
from torch.autograd.function import once_differentiable

from kssnet_mm.compat import is_compiling

# Positions that are worked on at a time in place; 512 to 2048 are about as fast.
BLOCK = 1024


def without_autocast(device: torch.device) -> ContextManager:
    """A context in which products keep the types of their factors."""
    if device.type == 'meta':  # which has no autocast, and whose contexts cannot be made
        return nullcontext()
    return torch.autocast(device.type, enabled=False)


def as_rows(x: torch.Tensor) -> Tuple[torch.Tensor, bool]:
    """A feature map (B, C, ...) as a matrix of positions, without a copy where its layout is one of two.

    Returns:
        Channels first: rows (B, C, P) and False. Channels last: rows (B P, C) and True.
    """
    layout = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
    if not x.is_contiguous() and x.is_contiguous(memory_format=layout):
        return x.movedim(1, -1).flatten(0, -2), True
    return x.flatten(2), False


def as_map(rows: torch.Tensor, last: bool, x: torch.Tensor) -> torch.Tensor:
    """The inverse of :func:`as_rows`, for as many channels as the rows have, in the shape of ``x``."""
    if last:
        return rows.view(x.shape[0], *x.shape[2:], rows.shape[1]).movedim(-1, 1)
    return rows.view(x.shape[0], rows.shape[1], *x.shape[2:])


def mix(rows: torch.Tensor, weight: torch.Tensor, last: bool,
        base: Optional[torch.Tensor] = None) -> torch.Tensor:
    """[base +] weight (C_out, C_in) times every position.

    The sum is part of the product. Channels first it is a batched one: torch.matmul would copy the rows
    to make one large product of them. shape[0], not len(), keeps the batch dynamic in an export.
    """
    if last:
        return rows @ weight.t() if base is None else torch.addmm(base, rows, weight.t())
    weight = weight.expand(rows.shape[0], *weight.shape)
    return torch.bmm(weight, rows) if base is None else torch.baddbmm(base, weight, rows)


def correlate(a: torch.Tensor, b: torch.Tensor, last: bool) -> torch.Tensor:
    """Sum over positions of a b^T: (C_a, C_b), the gradient of a mixing matrix."""
    return a.t() @ b if last else torch.bmm(a, b.transpose(1, 2)).sum(0)


class _AddMixed(torch.autograd.Function):
    """rows + up (down rows) of which the backward pass needs nothing but the rows.

    Autograd's own way keeps ``down rows``, and sums the two paths' gradients in a pass of its own over
    the feature map. Here the first is computed again if ``again``, and the sum is part of a product.
    """

    @staticmethod
    def forward(ctx, rows, down, up, last, again):
        hidden = mix(rows, down, last)
        ctx.save_for_backward(rows, down, up, None if again else hidden)
        ctx.last = last
        return mix(hidden, up, last, rows)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        rows, down, up, hidden = ctx.saved_tensors
        last = ctx.last
        grad_up = grad_down = grad_rows = None
        if ctx.needs_input_grad[2]:
            grad_up = correlate(grad, mix(rows, down, last) if hidden is None else hidden, last)
        if ctx.needs_input_grad[0] or ctx.needs_input_grad[1]:
            grad_hidden = mix(grad, up.t(), last)
        if ctx.needs_input_grad[0]:
            grad_rows = mix(grad_hidden, down.t(), last, grad)
        if ctx.needs_input_grad[1]:
            grad_down = correlate(grad_hidden, rows, last)
        return grad_rows, grad_down, grad_up, None, None


def mix_channels(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """weight x at every position, a 1x1 convolution: x (B, C_in, ...), weight (C_out, C_in)."""
    rows, last = as_rows(x)
    return as_map(mix(rows, weight.to(x.dtype), last), last, x)


def apply_matrix(x: torch.Tensor, matrix: torch.Tensor) -> torch.Tensor:
    """(I + M) x at every position, in one product: x (B, C, ...), M (C, C).

    In x's type, also under autocast, and in x's layout. 1 + M of a small M is 1 in half precision, where
    x is added to M x instead.
    """
    with without_autocast(x.device):
        if x.dtype not in (torch.float32, torch.float64):
            return x + mix_channels(x, matrix)
        # made where it is used: a matrix from the host would stop a GPU's queue
        identity = torch.eye(len(matrix), dtype=matrix.dtype, device=matrix.device)
        return mix_channels(x, matrix + identity)


def add_mixed(x: torch.Tensor, down: torch.Tensor, up: torch.Tensor, again: bool = False) -> torch.Tensor:
    """x + up (down x) at every position: x (B, C, ...), down (r, C), up (C, r).

    In x's type, also under autocast, and in x's layout.

    Args:
        again: Compute ``down x`` once more in the backward pass instead of keeping it.
    """
    rows, last = as_rows(x)
    down, up = down.to(x.dtype), up.to(x.dtype)
    with without_autocast(x.device):
        if is_compiling() or torch.jit.is_tracing() or not torch.is_grad_enabled():
            # a compiler chooses by itself what it keeps; exporters and counters want plain operations
            mixed = mix(mix(rows, down, last), up, last, rows)
        else:
            mixed = _AddMixed.apply(rows, down, up, last, again)
        return as_map(mixed, last, x)


def add_mixed_in_place(x: torch.Tensor, *factors: torch.Tensor) -> torch.Tensor:
    """x + M x of one factor M (C, C), or x + up (down x) of two, down (r, C) and up (C, r), written to x.

    For inference on a CPU. Positions are taken in blocks that stay in the cache, through one buffer.
    Results of their own would be memory to be fetched from the system page by page.

    Args:
        x: (B, C, ...) of either memory layout.
        factors: In the order in which they are applied.

    Returns:
        x, changed.
    """
    rows, last = as_rows(x)
    if not x.numel():
        return x
    if rows.data_ptr() != x.data_ptr():  # of neither layout, so copied
        return x.copy_(add_mixed_in_place(rows.view(x.shape), *factors))
    *first, final = (factor.to(x.dtype) for factor in factors)
    axis, width = (0 if last else 2), final.shape[1]
    buffer = x.new_empty((BLOCK, width) if last else (1, width, BLOCK))
    for matrix in ((rows, ) if last else rows.split(1)):
        for block in matrix.split(BLOCK, axis):
            read = buffer.narrow(axis, 0, block.shape[axis])
            if not first:
                read.copy_(block)
            elif last:
                torch.mm(block, first[0].t(), out=read)
            else:
                torch.bmm(first[0][None], block, out=read)
            if last:
                block.addmm_(read, final.t())
            else:
                block.baddbmm_(final[None], read)
    return x
