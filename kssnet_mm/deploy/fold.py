"""Folding a constant lateral connection into a convolution that reads it."""
from typing import Union

import torch
import torch.nn as nn


@torch.no_grad()
def fold_into_convolution(conv: Union[nn.Conv2d, nn.Conv3d], matrix: torch.Tensor) -> None:
    """Replace W by W (I + M) in place, so that conv(x) equals the old conv((I + M) x).

    Exact for any kernel, stride and zero padding, as (I + M) 0 = 0. Computed in float64.

    Args:
        conv: The convolution, with C input channels.
        matrix: M, (C, C), of ``LateralConnection.matrix``.

    Raises:
        ValueError: ``conv`` is grouped, which cannot mix channels, or M is not (C, C).
    """
    if conv.groups != 1:
        raise ValueError(f'a convolution of groups={conv.groups} cannot take up a channel mixture')
    if tuple(matrix.shape) != (conv.in_channels, ) * 2:
        raise ValueError(f'M is {tuple(matrix.shape)}, the convolution reads {conv.in_channels} '
                         'channels')
    weight = conv.weight.double()
    added = torch.einsum('oi...,ij->oj...', weight, matrix.double())
    conv.weight.copy_(weight + added)
