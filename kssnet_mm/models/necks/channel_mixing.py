"""Matrices over the channels at every position, for feature maps of either memory layout."""
from contextlib import nullcontext
from typing import ContextManager, Optional

import torch

from kssnet_mm.models.matrix_product import add_products, by_onednn, matrix_product


def without_autocast(device: torch.device) -> ContextManager:
    """A context in which products keep the types of their factors."""
    if device.type == 'meta':  # which has no autocast, and whose contexts cannot be made
        return nullcontext()
    return torch.autocast(device.type, enabled=False)


def channels_last(x: torch.Tensor) -> torch.memory_format:
    """That layout for a feature map (B, C, [T,] H, W)."""
    return torch.channels_last if x.dim() == 4 else torch.channels_last_3d


def is_channels_last(x: torch.Tensor) -> bool:
    """Whether a feature map has its channels last in memory, and not first too."""
    return not x.is_contiguous() and x.is_contiguous(memory_format=channels_last(x))


def convolve(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """weight (C_out, C_in) as a 1x1 convolution of x (B, C_in, [T,] H, W)."""
    function = torch.nn.functional.conv2d if x.dim() == 4 else torch.nn.functional.conv3d
    return function(x, weight.view(*weight.shape, *(1, ) * (x.dim() - 2)))


def _is_one_product(rows: torch.Tensor, *others: torch.Tensor) -> bool:
    """Whether the rows are those of one sample, whole, whose product a CPU's oneDNN computes."""
    return by_onednn(rows, *others) and len(rows) == 1 and rows.is_contiguous()


def product(rows: torch.Tensor, weight: torch.Tensor, base: Optional[torch.Tensor] = None) -> torch.Tensor:
    """[base +] weight (C_out, C_in) times rows (B, C_in, P), batched: torch.matmul would copy the rows.

    shape[0], not len(), keeps the batch dynamic in an export.
    """
    if base is None and _is_one_product(rows, weight):
        return matrix_product(weight, rows[0]).unsqueeze(0)
    weight = weight.expand(rows.shape[0], *weight.shape)
    return torch.bmm(weight, rows) if base is None else torch.baddbmm(base, weight, rows)


def mix_channels(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """weight x at every position: x (B, C_in, ...), weight (C_out, C_in).

    Channels last a convolution is faster than a product of matrices (tools/benchmarks/channel_mixing.py);
    channels first it is not where a sum can be part of the product.
    """
    weight = weight.to(x.dtype)
    if is_channels_last(x):
        return convolve(x, weight).contiguous(memory_format=channels_last(x))  # in float64 it is first
    return product(x.flatten(2), weight).view(x.shape[0], weight.shape[0], *x.shape[2:])


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


def add_mixed(x: torch.Tensor, down: torch.Tensor, up: torch.Tensor, overwrite: bool = False) -> torch.Tensor:
    """x + up (down x) at every position: x (B, C, ...), down (r, C), up (C, r).

    In x's type, also under autocast, and in x's layout; with ``overwrite`` in the place of x.
    """
    down, up = down.to(x.dtype), up.to(x.dtype)
    with without_autocast(x.device):
        if is_channels_last(x):
            mixed = mix_channels(mix_channels(x, down), up)
            return x.add_(mixed) if overwrite else mixed.add_(x)
        rows = x.flatten(2)
        if _is_one_product(rows, down, up):
            if overwrite:
                return rows.add_(product(product(rows, down), up)).view(x.shape)
            return add_products(rows[0], down, up).view(x.shape)
        mixed = product(rows, down)
        if overwrite:
            return rows.baddbmm_(up.expand(len(rows), *up.shape), mixed).view(x.shape)
        return product(mixed, up, rows).view(x.shape)
