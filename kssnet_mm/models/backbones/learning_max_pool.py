"""A max-pool for training on a CPU, which keeps the positions of the maxima for its backward pass and nothing else."""
import math
from typing import Iterator, Optional, Sequence, Tuple

import torch
import torch.nn.functional as F


def windows_over_the_edge(size: Sequence[int], out: Sequence[int], kernel: Sequence[int], stride: Sequence[int],
                          before: Sequence[int]) -> Iterator[Tuple[slice, ...]]:
    """The windows that reach beyond the first and beyond the last position of an axis, as indices of the output."""
    for axis, (n, m, k, s, zeros) in enumerate(zip(size, out, kernel, stride, before), 2):
        inside = min(-(-zeros // s), m), min(max((n + zeros - k) // s + 1, 0), m)
        for start, stop in ((0, inside[0]), (max(inside), m)):
            if start < stop:
                yield (slice(None), ) * axis + (slice(start, stop), )


def pooled_size(size: Sequence[int], kernel: Sequence[int], stride: Sequence[int],
                before: Sequence[int]) -> Tuple[int, ...]:
    """What torch's pool makes of these sizes where windows may reach beyond the last position.

    Asked of torch itself, it would raise where that is nothing.
    """
    out = []
    for n, k, s, zeros in zip(size, kernel, stride, before):
        m = (n + 2 * zeros - k + s - 1) // s + 1
        out.append(m - 1 if (m - 1) * s >= n + zeros else m)
    return tuple(out)


class _MaxPool(torch.autograd.Function):
    """Torch's pool with minus infinity outside of x; then the windows that reach there are held against zero."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, kernel: Tuple[int, ...], stride: Tuple[int, ...],
                before: Tuple[int, ...]) -> torch.Tensor:
        ctx.window, ctx.shape = (kernel, stride, before, (1, 1, 1), True), x.shape
        # where windows overlap much torch's loop for channels last pays, as that one works on vectors
        ctx.turned = x.is_contiguous() and math.prod(kernel) > 4 * math.prod(stride)
        if ctx.turned:
            x = x.contiguous(memory_format=torch.channels_last_3d)
        ctx.layout = torch.contiguous_format if x.is_contiguous() else torch.channels_last_3d
        y, index = F.max_pool3d(x, kernel, stride, before, ceil_mode=True, return_indices=True)
        ctx.edges, lost = [], []
        if not y.min() >= 0:  # behind a ReLU zeros change nothing
            for edge in windows_over_the_edge(x.shape[2:], y.shape[2:], kernel, stride, before):
                ctx.edges.append(edge)
                lost.append(y[edge] < 0)
                y[edge].clamp_(min=0)
        ctx.save_for_backward(index, *lost)
        return y.contiguous() if ctx.turned else y

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> Tuple[Optional[torch.Tensor], ...]:
        index, *lost = ctx.saved_tensors
        given = grad.data_ptr()
        if ctx.turned:
            grad = grad.contiguous(memory_format=torch.channels_last_3d)
        if lost and grad.data_ptr() == given:
            grad = grad.clone()
        for edge, mask in zip(ctx.edges, lost):
            grad[edge].masked_fill_(mask, 0)
        # only the shape and the layout of the input are looked at
        like = torch.empty(ctx.shape, dtype=grad.dtype, memory_format=ctx.layout)
        return torch.ops.aten.max_pool3d_with_indices_backward(grad, like, *ctx.window, index), None, None, None


def learning_max_pool3d(x: torch.Tensor, kernel: Sequence[int], stride: Sequence[int],
                        before: Sequence[int]) -> Optional[torch.Tensor]:
    """``F.max_pool3d`` of x padded with zeros, with gradients, without a padded copy; None where torch cannot.

    x itself is not kept for the backward pass: it goes where nothing else keeps it. Where the maximum is a zero of
    x and one outside of it too, that of x has the gradient (as if x were padded with what is next below zero).

    Args:
        x: (B, C, T, H, W).
        kernel: Of T, H and W.
        stride: The same; outputs have ceil(size / stride) positions.
        before: Zeros before the first value of each axis; those behind the last follow.
    """
    if pooled_size(x.shape[2:], kernel, stride, before) != tuple(-(-n // s) for n, s in zip(x.shape[2:], stride)):
        return None
    return _MaxPool.apply(x, tuple(kernel), tuple(stride), tuple(before))
