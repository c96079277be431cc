"""The plain classifier of the baselines, with the pooling of the label graph's classifier."""
from typing import Optional, Sequence, Union

import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.registry import MODELS

from .deployed_weights import DEPLOYED, check_weights
from .pooling import check_pool, pool_pathways
from .prior import Prior, check_prior, start_at_prior


@MODELS.register_module()
class LinearClassifier(BaseModule):
    """logits = fc(dropout(pool(x))): the plain backbone's classifier.

    Args:
        num_classes: Number of labels, N.
        in_channels: Channels of the features, C.
        pool: 'avg' or 'max'.
        dropout: Probability on the pooled features.
        pathways: Feature maps that are pooled and joined, of backbones such as SlowFast; in_channels is
            their sum.
        deploy: Whether the weights come from a deployed label graph, which cannot be trained on. Then a
            buffer ``label_keys`` (N,) holds the hashes of the label names, as ``LabelGCN`` does; it also
            marks the checkpoint.
        prior: Where the first bias comes from: the config of a label graph builder, the path of a built graph, or N
            label frequencies. The bias then starts at the log-odds of the frequencies, and the first step's loss is
            about their entropy. None: it starts at 0.
        init_cfg: As in mmengine.
    """

    label_axes = {'fc.weight': 0, 'fc.bias': 0}
    reads_embedding = False

    def __init__(self,
                 num_classes: int,
                 in_channels: int,
                 pool: str = 'avg',
                 dropout: float = 0.5,
                 pathways: int = 1,
                 deploy: bool = False,
                 prior: Prior = None,
                 init_cfg: Optional[dict] = dict(type='Normal', layer='Linear', std=0.01)) -> None:
        super().__init__(init_cfg)
        check_pool(pool)
        self.num_classes = num_classes
        self.in_channels = in_channels
        self.pool = pool
        self.pathways = pathways
        self.deploy = deploy
        self.prior = check_prior(prior, num_classes)
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(in_channels, num_classes)
        if deploy:
            self.register_buffer('label_keys', torch.zeros(num_classes, dtype=torch.int64))

    def init_weights(self) -> None:
        """As in mmengine, then the bias from ``prior``. Only a training calls it.

        Raises:
            RuntimeError: The classifier is deployed.
        """
        if self.deploy:
            raise RuntimeError(DEPLOYED)
        super().init_weights()
        start_at_prior(self, self.fc.bias)

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        # called by torch's and by mmengine's loading, of the whole model or of a part
        check_weights(state_dict, prefix, self.deploy)
        super()._load_from_state_dict(state_dict, prefix, *args)

    def train(self, mode: bool = True) -> 'LinearClassifier':
        """Training mode.

        Raises:
            RuntimeError: The classifier is deployed.
        """
        if mode and self.deploy:
            raise RuntimeError(DEPLOYED)
        return super().train(mode)

    def pooled(self, feats: Union[torch.Tensor, Sequence[torch.Tensor]]) -> torch.Tensor:
        """Pooled features (B, C) of the last feature maps; 3D backbones give a bare tensor."""
        return pool_pathways(feats, self.pool, self.pathways)

    def forward(self, feats: Union[torch.Tensor, Sequence[torch.Tensor]]) -> torch.Tensor:
        """Features (B, C, [T,] H, W), bare or last in a tuple -> logits (B, N)."""
        return self.fc(self.dropout(self.pooled(feats)))
