"""Matrices over the channels at every position, for feature maps of either memory layout."""
from contextlib import nullcontext
from typing import ContextManager, Optional, Tuple

import torch


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


def add_mixed(x: torch.Tensor, down: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """x + up (down x) at every position: x (B, C, ...), down (r, C), up (C, r).

    In x's type, also under autocast, and in x's layout.
    """
    rows, last = as_rows(x)
    down, up = down.to(x.dtype), up.to(x.dtype)
    with without_autocast(x.device):
        return as_map(mix(mix(rows, down, last), up, last, rows), last, x)
