"""KSSNet's head for images."""
from typing import List, Optional, Sequence, Tuple, Union

import torch
from mmpretrain.models.heads import MultiLabelClsHead
from mmpretrain.structures import DataSample

from kssnet_mm.registry import MODELS

from .deployable import DeployableHead
from .thresholds import DecisionThresholds


@MODELS.register_module()
class KSSNetHead(DeployableHead, DecisionThresholds, MultiLabelClsHead):
    """Multi-label head of mmpretrain over a classifier: with a label graph, or plain.

    Args:
        num_classes: Number of labels, N.
        in_channels: C of the last feature map and of the last embedding.
        classifier: Config of the classifier; ``num_classes`` and ``in_channels`` are filled in.
        loss: Config of the loss. The default averages over classes too, which the paper's learning
            rates expect; mmpretrain's own heads sum over classes.
        thr: Decision threshold on probabilities: a number, a list in the order of the classes, or a json file of
            thresholds by class name; see :class:`DecisionThresholds`.
        topk: Take the k labels of highest score, whatever ``thr`` is.
        init_cfg: As in mmengine.
    """

    def __init__(self,
                 num_classes: int,
                 in_channels: int,
                 classifier: dict = dict(type='LabelGraphClassifier'),
                 loss: dict = dict(type='MultiLabelBCELoss'),
                 thr: Union[float, str, Sequence[float], None] = None,
                 topk: Optional[int] = None,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(loss=loss, thr=0.5 if thr is None and topk is None else None, topk=topk,
                         init_cfg=init_cfg)
        self.num_classes = num_classes
        if thr is not None and topk is None:
            self.set_thresholds(thr)
        self.classifier = MODELS.build(
            dict(num_classes=num_classes, in_channels=in_channels, **classifier))

    def pre_logits(self, feats: Tuple[torch.Tensor, ...]) -> torch.Tensor:
        """Pooled features (B, C)."""
        return self.classifier.pooled(feats)

    def forward(self, feats: Tuple[torch.Tensor, ...]) -> torch.Tensor:
        """Outputs of the backbone -> logits (B, N)."""
        return self.classifier(feats)

    def _get_predictions(self, cls_score: torch.Tensor,
                         data_samples: Optional[List[DataSample]]) -> List[DataSample]:
        self.ready_thresholds(cls_score.device)
        # float(): bfloat16 probabilities tie, and numpy has no bfloat16
        return super()._get_predictions(cls_score.float(), data_samples)
