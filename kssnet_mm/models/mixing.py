"""Mixing augmentations that know of unknown labels: a mixed target is unknown where either part is.

mmpretrain's and mmaction2's own mix a target of -1 as if it were a number. Here the augmentation mixes known targets
and, beside them, which targets are unknown: wherever an unknown part has a share of the mixture, the target is -1.
"""
import torch


def with_unknown(target: torch.Tensor) -> torch.Tensor:
    """Targets (B, N) of 0 to 1, or -1 -> (B, 2N): the known targets, and 1 where a target is unknown."""
    return torch.cat([target.clamp(min=0), (target < 0).to(target.dtype)], dim=1)


def without_unknown(mixed: torch.Tensor) -> torch.Tensor:
    """What mixing made of :func:`with_unknown`, (B, 2N) -> targets (B, N)."""
    target, unknown = mixed.chunk(2, dim=1)
    return target.masked_fill(unknown > 0, -1)
