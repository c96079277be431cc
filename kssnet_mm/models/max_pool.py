"""Max-pooling one axis after the other, for inference on a CPU."""
from typing import Sequence

import torch


def max_over_axis(x: torch.Tensor, axis: int, size: int, step: int, before: int) -> torch.Tensor:
    """Maxima of windows along one axis of n positions, ceil(n / step) of them, with zeros outside of x.

    Args:
        x: The values.
        axis: The axis.
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
        start, length = (low * step + offset, (high - low - 1) * step + 1) if high > low else (0, 0)
        values = x.narrow(axis, start, length)
        parts.append((low, high, values[(slice(None), ) * axis + (slice(None, None, step), )]))
    # the position that most windows have inside comes first; the one at offset 0 is in all of them
    parts.sort(key=lambda part: part[1] - part[0], reverse=True)
    last = not x.is_contiguous() and x.is_contiguous(memory_format=torch.channels_last_3d)
    y = parts[0][2].clone(memory_format=torch.channels_last_3d if last else torch.contiguous_format)
    for low, high, values in parts[1:]:
        inside = y.narrow(axis, low, high - low)
        torch.maximum(inside, values, out=inside)
        for start, stop in ((0, low), (high, count)):
            y.narrow(axis, start, stop - start).clamp_(min=0)
    return y


def same_max_pool3d(x: torch.Tensor, kernel: Sequence[int], stride: Sequence[int],
                    before: Sequence[int]) -> torch.Tensor:
    """The values of ``F.max_pool3d`` of x padded with zeros, NaN included, from elementwise maxima of slices.

    The maximum of a box is the maximum over one axis of the maxima over another: 9 values instead of 27 for
    3x3x3, in vector instructions and without a padded copy. It has no backward pass of its own.

    Args:
        x: (B, C, T, H, W).
        kernel: Of T, H and W.
        stride: The same; outputs have ceil(size / stride) positions.
        before: Zeros before the first value of each axis; those behind the last follow.
    """
    for axis, size, step, zeros in zip((2, 3, 4), kernel, stride, before):
        if size > 1 or step > 1:
            x = max_over_axis(x, axis, size, step, zeros)
    return x
