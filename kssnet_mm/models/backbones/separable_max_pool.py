"""A max-pool one axis after the other."""
from typing import Sequence

import torch


def separable_max_pool3d(x: torch.Tensor, kernel: Sequence[int], stride: Sequence[int]) -> torch.Tensor:
    """The values of ``F.max_pool3d`` without padding, NaN included, from elementwise maxima of slices.

    The maximum of a box is the maximum over one axis of the maxima over another: 9 values instead of 27
    for 3x3x3, in vector instructions, where torch's loop branches on every value of contiguous input (and
    branches badly on values without zeros). Time, height, width: the axis along which memory runs last,
    when strides have left the least of it. Without indices, so without a backward pass of its own.

    Args:
        x: (B, C, T, H, W), padded already, no axis shorter than its kernel.
        kernel: Of T, H and W.
        stride: The same.
    """
    for axis, size, step in zip((2, 3, 4), kernel, stride):
        reach = x.shape[axis] - size + 1
        slices = [x.narrow(axis, i, reach) for i in range(size)]
        slices = [s[(slice(None), ) * axis + (slice(None, None, step), )] for s in slices]
        x = slices[0]
        for i, other in enumerate(slices[1:]):
            # the first maximum is a new tensor, which the others may write to
            x = torch.maximum(x, other, out=x) if i else torch.maximum(x, other)
    return x
