"""The classifier that reads label embeddings, shared by the image and the video head."""
from typing import Optional, Sequence

import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.registry import MODELS


@MODELS.register_module()
class LabelGraphClassifier(BaseModule):
    """logits = dropout(pool(x)) . tanh(E)^T + fc(dropout(pool(x))).

    The released KSSNet code's classifier; one dropout feeds both terms. The paper draws neither the
    tanh nor the fc: each has its switch. ML-GCN's is pool='max', tanh=False, fc=False.

    Args:
        num_classes: N.
        in_channels: C, channels of the features and size of the last embeddings.
        pool: 'avg' or 'max', global over all positions and frames.
        dropout: Probability on the pooled features.
        tanh: Whether the embeddings pass through a tanh.
        fc: Whether the linear term is there.
        init_cfg: As in mmengine.
    """

    def __init__(self,
                 num_classes: int,
                 in_channels: int,
                 pool: str = 'avg',
                 dropout: float = 0.5,
                 tanh: bool = True,
                 fc: bool = True,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if pool not in ('avg', 'max'):
            raise ValueError(f"pool must be 'avg' or 'max', got {pool!r}")
        self.num_classes = num_classes
        self.in_channels = in_channels
        self.pool = pool
        self.tanh = tanh
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(in_channels, num_classes) if fc else None

    def pooled(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, [T,] H, W) -> (B, C)."""
        x = x.flatten(2)
        return x.mean(dim=2) if self.pool == 'avg' else x.amax(dim=2)

    def forward(self, feats: Sequence[torch.Tensor]) -> torch.Tensor:
        """(..., features (B, C, [T,] H, W), embedding (B, N, C)) -> logits (B, N)."""
        features, embedding = feats[-2], feats[-1]
        x = self.dropout(self.pooled(features))
        weight = embedding[0]  # every sample holds the same expanded view
        logits = x @ (torch.tanh(weight) if self.tanh else weight).t()
        return logits if self.fc is None else logits + self.fc(x)
