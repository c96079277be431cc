"""A lateral connection whose embeddings are fixed: what is left of one at inference."""
from functools import partial
from typing import Optional

import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.registry import MODELS

from .channel_mixing import add_mixed, apply_matrix
from .position_map import PositionMap


@MODELS.register_module()
class ConstantConnection(BaseModule):
    """y = (I + M) x with a constant M, in the cheaper of two forms.

    Args:
        channels: C.
        rank: None for one product with I + M, of C^2 operations a position; an int r for
            x + U (V x) with U (C, r) and V (r, C), of 2rC.
        init_cfg: As in mmengine.
    """

    def __init__(self, channels: int, rank: Optional[int] = None, init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        self.channels, self.rank = channels, rank
        if rank is None:
            self.matrix = nn.Parameter(torch.zeros(channels, channels), requires_grad=False)
        else:
            self.down = nn.Parameter(torch.zeros(rank, channels), requires_grad=False)
            self.up = nn.Parameter(torch.zeros(channels, rank), requires_grad=False)

    @classmethod
    def from_factors(cls, up: torch.Tensor, down: torch.Tensor,
                     tolerance: float = 0.0) -> 'ConstantConnection':
        """M = up @ down, (C, N) and (N, C), in the form of fewer operations: fused if C <= 2r.

        Args:
            up: W_g.
            down: tanh(E).
            tolerance: 0: exact. Above: singular values of M below this share of I + M's largest
                are dropped, so that y is off by at most tolerance * ||I + M|| * ||x|| (2-norms).
        """
        channels, rank = up.shape
        matrix = up @ down
        if tolerance > 0:
            u, s, v = torch.linalg.svd(matrix, full_matrices=False)
            norm = torch.linalg.matrix_norm(matrix + torch.eye(channels).to(matrix), 2)
            rank = max(int((s > tolerance * norm).sum()), 1)
            up, down = u[:, :rank] * s[:rank], v[:rank]
        if channels <= 2 * rank:
            connection = cls(channels).to(matrix)
            connection.matrix.data.copy_(matrix)
        else:
            connection = cls(channels, rank).to(matrix)
            connection.up.data.copy_(up)
            connection.down.data.copy_(down)
        return connection

    def settings(self) -> dict:
        """The arguments that build this module."""
        return dict(channels=self.channels, rank=self.rank)

    def forward(self, x: torch.Tensor, embedding: None = None) -> torch.Tensor:
        """x (B, C, [T,] H, W) -> the same shape and type."""
        # not through position_map: torch 2.1 cannot compile a partial
        return apply_matrix(x, self.matrix) if self.rank is None else add_mixed(x, self.down, self.up)

    def position_map(self, embedding: None = None, overwrite: bool = False) -> PositionMap:
        """What the connection does at every position."""
        if self.rank is None:
            return partial(apply_matrix, matrix=self.matrix)
        return partial(add_mixed, down=self.down, up=self.up, overwrite=overwrite)

    def extra_repr(self) -> str:
        return f'channels={self.channels}, rank={self.rank}'
