"""Trained label embeddings instead of a GCN: a control without a graph."""
from typing import List, Optional, Sequence

import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.registry import MODELS


@MODELS.register_module()
class LabelEmbedding(BaseModule):
    """One trained matrix of embeddings for every lateral connection and the classifier.

    It has the interface of ``LabelGCN``. ``gcn=dict(type='LabelEmbedding', ...)`` shows what lateral connections
    achieve without a graph and a GCN. The paper does not have this control.

    Args:
        num_classes: Number of labels, N.
        out_channels: Channels of each matrix.
        std: Standard deviation of the initial values.
        init_cfg: As in mmengine.
    """

    def __init__(self, num_classes: int, out_channels: Sequence[int] = (256, 512, 1024, 2048),
                 std: float = 0.05, init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if num_classes < 1 or not len(out_channels) or min(out_channels) < 1:
            raise ValueError(f'num_classes and every entry of out_channels must be positive, got {num_classes} '
                             f'and {tuple(out_channels)}')
        self.num_classes, self.out_channels = num_classes, tuple(out_channels)
        self.weights = nn.ParameterList(
            nn.Parameter(torch.randn(num_classes, channels) * std) for channels in out_channels)
        self.label_axes = {f'weights.{layer}': 0 for layer in range(len(self.weights))}

    def forward(self) -> List[torch.Tensor]:
        """A list of (N, out_channels[l])."""
        return list(self.weights)
