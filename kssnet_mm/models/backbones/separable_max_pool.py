"""A max-pool one axis after the other, and piece by piece where its input is large."""
from typing import Iterator, Optional, Sequence, Tuple

import torch

from kssnet_mm.models.matrix_product import by_onednn
from kssnet_mm.models.necks.position_map import PositionMap

# Bytes of the largest input that is not cut, and of the pieces of one whose channels come first or last: they
# stay in a cache, where a tensor as large as the whole often comes from the system anew, page by page.
WHOLE, FIRST_PIECE, LAST_PIECE = 16 << 20, 5 << 20, 8 << 20


def _along(x: torch.Tensor, axis: int, start: int, count: int, step: int) -> torch.Tensor:
    """Every step-th position of an axis, ``count`` of them."""
    return x[(slice(None), ) * axis + (slice(start, start + max((count - 1) * step + 1, 0), step), )]


def max_over_axis(x: torch.Tensor, axis: int, size: int, step: int, before: int) -> torch.Tensor:
    """Maxima of windows along one axis of n positions, ceil(n / step) of them, with zeros outside of x.

    Args:
        x: The values.
        axis: Which.
        size: Positions of a window.
        step: From one window to the next.
        before: Positions of the first window that lie before x, less than ``size``.
    """
    n = x.shape[axis]
    count = -(-n // step)
    parts = []  # for each position of a window: the windows [low, high) that have it inside of x, and its values
    for offset in range(-before, size - before):
        low = min(max(0, -(offset // step)), count)
        high = max(min(count, (n - 1 - offset) // step + 1), low)
        parts.append((low, high, _along(x, axis, low * step + offset, high - low, step)))
    # those that all windows have first; the one at offset 0 is such
    parts.sort(key=lambda part: part[1] - part[0], reverse=True)
    (_, _, y), *others = parts
    if others:
        # a new tensor, which the rest may write to
        y = torch.maximum(y, others.pop(0)[2]) if others[0][:2] == (0, count) else y.clone()
    for low, high, values in others:
        inside = y.narrow(axis, low, high - low)
        torch.maximum(inside, values, out=inside)
        for start, stop in ((0, low), (high, count)):
            if start < stop:
                y.narrow(axis, start, stop - start).clamp_(min=0)
    return y


def same_max_pool3d(x: torch.Tensor, kernel: Sequence[int], stride: Sequence[int],
                    before: Sequence[int]) -> torch.Tensor:
    """The values of ``F.max_pool3d`` of x padded with zeros, NaN included, from elementwise maxima of slices.

    The maximum of a box is the maximum over one axis of the maxima over another: 9 values instead of 27
    for 3x3x3, in vector instructions, where torch's loop branches on every value of contiguous input (and
    branches badly on values without zeros), and no padded copy. Time, height, width: the axis along which
    memory runs last, when strides have left the least of it. Without indices, so without a backward pass
    of its own.

    Args:
        x: (B, C, T, H, W).
        kernel: Of T, H and W.
        stride: The same; outputs have ceil(size / stride) positions.
        before: Zeros before the first value of each axis; those behind the last follow.
    """
    for axis, size, step, zeros in zip((2, 3, 4), kernel, stride, before):
        x = max_over_axis(x, axis, size, step, zeros)
    return x


def pieces(x: torch.Tensor) -> Iterator[Tuple[slice, slice]]:
    """Slices of samples and of frames that cut x (B, C, T, H, W) into pieces, whole samples or frames of one.

    Channels first frames come in multiples of the number of threads, as :func:`apply_map` gives one to each.
    """
    first = x.is_contiguous()
    limit, threads = (FIRST_PIECE, torch.get_num_threads()) if first else (LAST_PIECE, 1)
    frames = max(limit // (x[0, :, 0].numel() * x.element_size()) // threads, 1) * threads
    samples = max(frames // x.shape[2], 1)
    for b in range(0, x.shape[0], samples):
        for t in range(0, x.shape[2], frames):
            yield slice(b, b + samples), slice(t, t + frames)


def is_large(x: torch.Tensor) -> bool:
    """Whether x is better worked on in pieces."""
    return x.numel() * x.element_size() > WHOLE


def apply_map(x: torch.Tensor, position_map: Optional[PositionMap]) -> torch.Tensor:
    """The map of x (B, C, T, H, W), which may lie in memory frame by frame.

    On a CPU the frames of a piece go in as samples: a product of matrices for each, that threads take in
    turns, takes less time than one product that they share (channels first 128 to 153 GFLOP/s became 175).
    oneDNN's product, which takes less yet, wants a whole sample.
    """
    if position_map is None:
        return x
    if len(x) > 1 or x.device.type != 'cpu' or (x.is_contiguous() and by_onednn(x)):
        return position_map(x)
    return position_map(x.transpose(1, 2).flatten(0, 1)).unflatten(0, (1, -1)).transpose(1, 2)


def mapped_max_pool3d(x: torch.Tensor, kernel: Sequence[int], stride: Sequence[int], before: Sequence[int],
                      position_map: Optional[PositionMap] = None) -> torch.Tensor:
    """``same_max_pool3d`` of a map of x, which may write over x.

    A large x is mapped piece by piece; where windows lie in one frame it is pooled so too, and what the map
    makes of x is never whole.

    Args:
        x: (B, C, T, H, W).
        kernel: Of T, H and W.
        stride: The same.
        before: The same.
        position_map: To be applied first, to each position by itself; it keeps the shape.
    """
    layout = torch.contiguous_format if x.is_contiguous() else torch.channels_last_3d
    if not is_large(x):
        return same_max_pool3d(apply_map(x, position_map), kernel, stride, before).contiguous(memory_format=layout)
    if kernel[0] > 1 or stride[0] > 1:
        for samples, frames in pieces(x) if position_map else ():
            part = x[samples, :, frames]
            y = apply_map(part, position_map)
            if y.data_ptr() != part.data_ptr():
                part.copy_(y)
        return same_max_pool3d(x, kernel, stride, before)
    pooled = None
    for samples, frames in pieces(x):
        part = same_max_pool3d(apply_map(x[samples, :, frames], position_map), kernel, stride, before)
        if pooled is None:
            pooled = torch.empty((*x.shape[:3], *part.shape[3:]), dtype=x.dtype, memory_format=layout)
        pooled[samples, :, frames] = part
    return pooled
