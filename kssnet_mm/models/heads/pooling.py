"""From feature maps to one vector a sample."""
from typing import Sequence, Union

import torch


def check_pool(pool: str) -> None:
    """Raise a ValueError unless ``pool`` is 'avg' or 'max'."""
    if pool not in ('avg', 'max'):
        raise ValueError(f"pool must be 'avg' or 'max', got {pool!r}")


def global_pool(x: torch.Tensor, pool: str) -> torch.Tensor:
    """Mean ('avg') or maximum ('max') over all positions and frames.

    Args:
        x: A map (B, C, [T,] H, W), tokens (B, L, C), or a vector (B, C) that was pooled before.
        pool: 'avg' or 'max'.

    Returns:
        (B, C).
    """
    if x.dim() == 2:
        return x
    x = x.transpose(1, 2) if x.dim() == 3 else x.flatten(2)
    return x.mean(dim=2) if pool == 'avg' else x.amax(dim=2)


def pool_pathways(feats: Union[torch.Tensor, Sequence[torch.Tensor]], pool: str, pathways: int = 1) -> torch.Tensor:
    """The last ``pathways`` feature maps, each pooled, joined to (B, C)."""
    if isinstance(feats, torch.Tensor):
        return global_pool(feats, pool)
    pooled = [global_pool(x, pool) for x in feats[-pathways:]]
    return pooled[0] if len(pooled) == 1 else torch.cat(pooled, dim=1)
