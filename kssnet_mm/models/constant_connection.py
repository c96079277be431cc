"""A lateral connection whose embeddings are fixed: what is left of one at inference."""
from typing import Optional

import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.registry import MODELS

from .lateral_connection import mix_channels


@MODELS.register_module()
class ConstantConnection(BaseModule):
    """y = (I + M) x with a constant M, in the cheaper of two forms.

    Args:
        channels: Channels of the feature map, C.
        rank: None for one product with M, of C^2 operations a position; an int r for x + U (V x) with
            U (C, r) and V (r, C), of 2rC.
        channel_axis: The axis of x that holds the channels.
        init_cfg: As in mmengine.
    """

    def __init__(self, channels: int, rank: Optional[int] = None, channel_axis: int = 1,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        self.channels, self.rank, self.channel_axis = channels, rank, channel_axis
        if rank is None:
            self.matrix = nn.Parameter(torch.zeros(channels, channels), requires_grad=False)
        else:
            self.down = nn.Parameter(torch.zeros(rank, channels), requires_grad=False)
            self.up = nn.Parameter(torch.zeros(channels, rank), requires_grad=False)

    @classmethod
    def from_factors(cls, up: torch.Tensor, down: torch.Tensor, channel_axis: int = 1) -> 'ConstantConnection':
        """M = up @ down, (C, r) and (r, C), in the form of fewer operations: fused if C <= 2r."""
        channels, rank = up.shape
        connection = cls(channels, None if channels <= 2 * rank else rank, channel_axis).to(up)
        if connection.rank is None:
            connection.matrix.data.copy_(up @ down)
        else:
            connection.up.data.copy_(up)
            connection.down.data.copy_(down)
        return connection

    def truncated(self, tolerance: float) -> 'ConstantConnection':
        """A connection of smaller rank, near this one.

        Args:
            tolerance: Singular values of M below this share of I + M's largest are dropped, so that y is off by at
                most tolerance * ||I + M|| * ||x|| (2-norms).
        """
        matrix = self.whole_matrix()
        u, s, v = torch.linalg.svd(matrix, full_matrices=False)
        norm = torch.linalg.matrix_norm(matrix + torch.eye(self.channels).to(matrix), 2)
        rank = max(int((s > tolerance * norm).sum()), 1)
        return self.from_factors(u[:, :rank] * s[:rank], v[:rank], self.channel_axis)

    def whole_matrix(self) -> torch.Tensor:
        """M, (C, C)."""
        return self.matrix if self.rank is None else self.up @ self.down

    def settings(self) -> dict:
        """The arguments that build this module."""
        return dict(channels=self.channels, rank=self.rank, channel_axis=self.channel_axis)

    def forward(self, x: torch.Tensor, embedding: None = None) -> torch.Tensor:
        """x (B, C, [T,] H, W) or with channels on ``channel_axis`` -> the same shape."""
        if self.rank is None:
            return x + mix_channels(x, self.matrix, self.channel_axis)
        return x + mix_channels(mix_channels(x, self.down, self.channel_axis), self.up, self.channel_axis)

    def extra_repr(self) -> str:
        return f'channels={self.channels}, rank={self.rank}, channel_axis={self.channel_axis}'
