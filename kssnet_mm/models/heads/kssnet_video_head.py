"""KSSNet's head for video."""
from typing import List, Optional, Sequence, Tuple, Union

import torch
from mmaction.models.heads import BaseHead

from kssnet_mm.compat import action_targets
from kssnet_mm.registry import MODELS

from .deployable import DeployableHead
from .thresholds import DecisionThresholds

# How the V views of one video become one prediction: (B, V, N) logits -> (B, N) probabilities.
VIEW_REDUCTIONS = dict(
    prob=lambda logits: logits.sigmoid().mean(dim=1),
    score=lambda logits: logits.mean(dim=1).sigmoid(),
    max=lambda logits: logits.sigmoid().amax(dim=1),
)


@MODELS.register_module()
class KSSNetVideoHead(DeployableHead, DecisionThresholds, BaseHead):
    """Multi-label head of mmaction2 (1.1 and 1.2) over a classifier: with a label graph, or plain.

    mmaction2's own heads take a softmax over classes and their argmax; this one takes sigmoids.

    Args:
        num_classes: Number of labels, N.
        in_channels: C of the last feature map and of the last embedding.
        classifier: Config of the classifier; ``num_classes`` and ``in_channels`` are filled in.
        loss: Config of the loss.
        average_clips: 'prob': mean of the views' probabilities; 'score': of their logits; 'max':
            the largest probability (PySlowFast's Charades protocol).
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
                 average_clips: str = 'prob',
                 thr: Union[float, str, Sequence[float]] = 0.5,
                 topk: Optional[int] = None,
                 init_cfg: Optional[dict] = None) -> None:
        if average_clips not in VIEW_REDUCTIONS:
            raise ValueError(f'average_clips must be one of {sorted(VIEW_REDUCTIONS)}, got '
                             f'{average_clips!r}')
        super().__init__(num_classes, in_channels, loss_cls=loss, multi_class=True,
                         average_clips=average_clips, init_cfg=init_cfg)
        self.classifier = MODELS.build(
            dict(num_classes=num_classes, in_channels=in_channels, **classifier))
        self.set_thresholds(thr)
        self.predicted_topk = topk

    def forward(self, x: Tuple[torch.Tensor, ...], num_segs: Optional[int] = None, **kwargs) -> torch.Tensor:
        """Outputs of the backbone -> logits (B*V, N).

        mmaction2's 2D recognizers pass ``num_segs``, the number of images of each video. Their logits are averaged,
        as in TSN's consensus.
        """
        logits = self.classifier(x)
        return logits if num_segs is None else logits.unflatten(0, (-1, num_segs)).mean(dim=1)

    def loss_by_feat(self, cls_scores: torch.Tensor, data_samples: List) -> dict:
        """Logits (B*V, N) and the samples' one-hot labels -> dict(loss_cls=scalar)."""
        targets = action_targets(data_samples, self.num_classes).to(cls_scores.device)
        views = cls_scores.shape[0] // len(data_samples)
        return dict(loss_cls=self.loss_cls(cls_scores, targets.repeat_interleave(views, dim=0)))

    def predict_by_feat(self, cls_scores: torch.Tensor, data_samples: List) -> List:
        """Logits (B*V, N) -> samples with probabilities and the labels predicted from them."""
        logits = cls_scores.float().view(len(data_samples), -1, self.num_classes)
        probabilities = VIEW_REDUCTIONS[self.average_clips](logits)
        thr = self.ready_thresholds(probabilities.device) if self.predicted_topk is None else None
        for sample, score in zip(data_samples, probabilities):
            if self.predicted_topk is None:
                labels = torch.where(score >= thr)[0]
            else:
                labels = score.topk(self.predicted_topk).indices
            sample.set_pred_score(score)
            sample.set_pred_label(labels)
        return data_samples
