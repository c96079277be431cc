"""TensorFlow's "SAME" padding for 3D convolutions and pools."""
from typing import Sequence, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from kssnet_mm.compat import is_compiling

from .max_pool import same_max_pool3d


def same_pads(size: Sequence[int], kernel: Sequence[int],
              stride: Sequence[int]) -> Tuple[Tuple[int, int], ...]:
    """(before, after) of each axis, such that the output has ceil(size / stride) positions.

    If their sum is odd, there is one more behind than before, as in TensorFlow.
    """
    pads = []
    for n, k, s in zip(size, kernel, stride):
        total = max(k - (s if n % s == 0 else n % s), 0)
        pads.append((total // 2, total - total // 2))
    return tuple(pads)


def pad(x: torch.Tensor, pads: Sequence[Tuple[int, int]]) -> torch.Tensor:
    """x with zeros (before, after) on each of its last axes."""
    return F.pad(x, [p for pair in reversed(pads) for p in pair]) if any(map(any, pads)) else x


def split_pads(x: torch.Tensor, kernel: Sequence[int], stride: Sequence[int]):
    """(x, padding of the convolution): the convolution pads by itself if that is symmetric, else x is padded here."""
    pads = same_pads(x.shape[2:], kernel, stride)
    if all(before == after for before, after in pads):
        return x, tuple(before for before, _ in pads)
    return pad(x, pads), (0, 0, 0)


class SameConv3d(nn.Conv3d):
    """A convolution whose output has ceil(size / stride) positions on each axis."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, T, H, W) -> (B, C', ceil(T/s), ceil(H/s), ceil(W/s))."""
        x, padding = split_pads(x, self.kernel_size, self.stride)
        return F.conv3d(x, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class SameMaxPool3d(nn.Module):
    """A max-pool that pads with ZEROS, as pytorch-i3d and the released KSSNet do.

    Behind a ReLU this equals TensorFlow's padding with minus infinity. Behind a lateral connection, whose output may
    be negative, it does not; released weights were trained with the zeros. Inference on a CPU uses
    ``same_max_pool3d``, which gives the same values faster than torch.

    Args:
        kernel: Of each axis.
        stride: Of each axis.
    """

    def __init__(self, kernel: Sequence[int], stride: Sequence[int]) -> None:
        super().__init__()
        self.kernel, self.stride = tuple(kernel), tuple(stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, T, H, W) -> (B, C, ceil(T/s), ceil(H/s), ceil(W/s))."""
        pads = same_pads(x.shape[2:], self.kernel, self.stride)
        needs_gradient = torch.is_grad_enabled() and x.requires_grad
        if x.device.type == 'cpu' and not needs_gradient and not is_compiling():
            return same_max_pool3d(x, self.kernel, self.stride, [before for before, _ in pads])
        return F.max_pool3d(pad(x, pads), self.kernel, self.stride)

    def extra_repr(self) -> str:
        return f'kernel={self.kernel}, stride={self.stride}'
