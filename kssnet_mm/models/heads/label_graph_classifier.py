"""The classifier that reads label embeddings, shared by the image and the video head."""
from typing import Optional, Sequence

import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.registry import MODELS

from .deployed_weights import check_weights
from .linear_classifier import LinearClassifier
from .pooling import check_pool, pool_pathways
from .prior import Prior, check_prior, start_at_prior


@MODELS.register_module()
class LabelGraphClassifier(BaseModule):
    """logits = dropout(pool(x)) . tanh(E)^T + fc(dropout(pool(x))).

    The released KSSNet code's classifier; one dropout feeds both terms. The paper draws neither the
    tanh nor the fc: each has its switch. ML-GCN's is pool='max', tanh=False, fc=False.

    Args:
        num_classes: Number of labels, N.
        in_channels: C, channels of the features and size of the last embeddings.
        pool: 'avg' or 'max', global over all positions and frames.
        dropout: Probability on the pooled features.
        tanh: Whether the embeddings pass through a tanh.
        fc: Whether the linear term is there.
        pathways: Feature maps that are pooled and joined, of backbones such as SlowFast; in_channels is their
            sum, and the ``LabelGraphBackbone`` has the same setting.
        prior: Where the first bias comes from: the config of a label graph builder, the path of a built graph, or N
            label frequencies. The bias then starts at the log-odds of the frequencies, and the first step's loss is
            about their entropy. None: it starts at 0 (the paper and the released code).
            Give ``LabelGCN`` a ``last_std`` with it. Without the fc, which has a bias, the classifier gets one.
        init_cfg: As in mmengine.
    """

    label_axes = {'fc.weight': 0, 'fc.bias': 0, 'bias': 0}

    def __init__(self,
                 num_classes: int,
                 in_channels: int,
                 pool: str = 'avg',
                 dropout: float = 0.5,
                 tanh: bool = True,
                 fc: bool = True,
                 pathways: int = 1,
                 prior: Prior = None,
                 init_cfg: Optional[dict] = dict(type='Normal', layer='Linear', std=0.01)) -> None:
        super().__init__(init_cfg)
        check_pool(pool)
        self.num_classes = num_classes
        self.in_channels = in_channels
        self.pool = pool
        self.pathways = pathways
        self.tanh = tanh
        self.prior = check_prior(prior, num_classes)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(in_channels, num_classes) if fc else None
        self.bias = nn.Parameter(torch.zeros(num_classes)) if prior is not None and not fc else None

    def init_weights(self) -> None:
        """As mmengine, then the bias from ``prior``."""
        super().init_weights()
        start_at_prior(self, self.bias if self.fc is None else self.fc.bias)

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        check_weights(state_dict, prefix, deployed=False)
        super()._load_from_state_dict(state_dict, prefix, *args)

    @torch.no_grad()
    def to_linear(self, embedding: torch.Tensor, label_keys: Optional[torch.Tensor] = None) -> LinearClassifier:
        """The deployed ``LinearClassifier`` that gives the same logits for this embedding (N, C).

        It keeps ``label_keys``, int64 (N,): the hashes of the label names, from ``LabelGCN``.
        """
        linear = LinearClassifier(self.num_classes, self.in_channels, self.pool, self.dropout.p, self.pathways,
                                  deploy=True).to(embedding)
        linear.fc.weight.copy_(torch.tanh(embedding) if self.tanh else embedding)
        nn.init.zeros_(linear.fc.bias)
        if self.fc is not None:
            linear.fc.weight.add_(self.fc.weight)
            linear.fc.bias.copy_(self.fc.bias)
        if self.bias is not None:
            linear.fc.bias.copy_(self.bias)
        if label_keys is not None:
            linear.label_keys.copy_(label_keys)
        return linear.eval()

    def pooled(self, feats: Sequence[torch.Tensor]) -> torch.Tensor:
        """(..., features (B, C, [T,] H, W), embedding (B, N, C)) -> (B, C)."""
        return pool_pathways(feats[:-1], self.pool, self.pathways)

    def forward(self, feats: Sequence[torch.Tensor]) -> torch.Tensor:
        """(..., features (B, C, [T,] H, W), embedding (B, N, C)) -> logits (B, N)."""
        x = self.dropout(self.pooled(feats))
        embedding = feats[-1][0]  # every sample holds the same expanded view
        if embedding.shape[1] != self.in_channels:
            raise ValueError(f'the last embeddings have {embedding.shape[1]} channels, the '
                             f'classifier in_channels={self.in_channels}')
        logits = x @ (torch.tanh(embedding) if self.tanh else embedding).t()
        if self.fc is not None:
            logits = logits + self.fc(x)
        return logits if self.bias is None else logits + self.bias
