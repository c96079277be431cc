"""What the losses that are a sum over labels share: masks, weights, smoothing and normalisation."""
from typing import Optional, Sequence, Tuple, Union

import torch
from mmengine.model import BaseModule

from kssnet_mm.graphs.shared import graph_of
from kssnet_mm.models.label_gcn import label_keys

NORMALIZATIONS = ('mean', 'sum')


def check_normalization(normalization: str) -> str:
    """Raise a ValueError unless it is 'mean' or 'sum'."""
    if normalization not in NORMALIZATIONS:
        raise ValueError(f"normalization must be 'mean' or 'sum', got {normalization!r}")
    return normalization


def label_weights(name: str, values: Union[float, Sequence[float], None]) -> Optional[torch.Tensor]:
    """A number, or one a label, as float32; None stays None.

    Raises:
        ValueError: They are negative, infinite or not a list of numbers.
    """
    if values is None:
        return None
    weights = torch.as_tensor(values, dtype=torch.float32)
    if weights.dim() > 1 or not torch.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(f'{name} must be a number or a list of one a label, 0 or more, got {values!r}')
    return weights


def weighted(losses: torch.Tensor, name: str, weights: Optional[torch.Tensor]) -> torch.Tensor:
    """Losses (B, N) or (N,) times a number, or times one a label.

    Raises:
        ValueError: The weights are those of another number of labels.
    """
    if weights is None:
        return losses
    if weights.dim() == 1 and len(weights) != losses.shape[-1]:
        raise ValueError(f'{name} has the weights of {len(weights)} labels, and the logits are those of '
                         f'{losses.shape[-1]}: give a weight for each label, in their order')
    return losses * weights.to(losses)


class LabelLoss(BaseModule):
    """A loss that is a sum over labels: t L+(x) + (1 - t) L-(x) of logit x and target t.

    A subclass gives L+ and L-. Targets may lie between 0 and 1, as mixing and smoothing make them; targets below 0
    are unknown and have neither loss nor gradient.

    Args:
        normalization: 'mean' over all labels of all samples that are known (torch's MultiLabelSoftMarginLoss, which
            the released KSSNet and ML-GCN code use and the paper's learning rates expect), or 'sum' over labels and
            mean over samples (mmpretrain's multi-label heads), N times larger.
        class_weight: Factor of each label's loss, N numbers. None: 1.
        pos_weight: Factor of L+: a number, N numbers, or a label graph (the config of its builder, or the path of
            its ``.npz``), from whose label frequencies f it is taken as (1 - f) / f: positives and negatives of a
            label then count alike. None: 1.
        label_smoothing: e, 0 to 0.5: known targets t become t (1 - 2 e) + e.
        loss_weight: Factor of the loss.
        init_cfg: As in mmengine.

    Raises:
        ValueError: A setting is out of its range; in the first step, weights are those of another number of labels.
    """

    def __init__(self,
                 normalization: str = 'mean',
                 class_weight: Optional[Sequence[float]] = None,
                 pos_weight: Union[float, Sequence[float], dict, str, None] = None,
                 label_smoothing: float = 0.0,
                 loss_weight: float = 1.0,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        self.normalization = check_normalization(normalization)
        if not 0 <= label_smoothing < 0.5:
            raise ValueError(f'label_smoothing must be at least 0 and below 0.5, got {label_smoothing!r}')
        self.label_smoothing, self.loss_weight = label_smoothing, loss_weight
        self.graph = pos_weight if isinstance(pos_weight, (dict, str)) else None
        # No buffers: the config has them, and EMA pairs the buffers of two models by their order.
        self.class_weight = label_weights('class_weight', class_weight)
        self.pos_weight = None if self.graph is not None else label_weights('pos_weight', pos_weight)

    def init_weights(self) -> None:
        """Read the positive weights from the label graph, if they are asked for."""
        super().init_weights()
        if self.graph is not None:
            graph = graph_of(self.graph)
            frequencies = torch.from_numpy(graph.frequencies)
            self.pos_weight = ((1 - frequencies) / frequencies).float()
            self.label_keys = label_keys(graph.labels)  # CheckLabelsHook compares their order with the data set's

    def pair(self, logits: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """Logits (B, N) -> L+ and L-, both (B, N)."""
        raise NotImplementedError

    def each(self, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Weighted losses (B, N) of targets that are all taken as known."""
        if self.graph is not None and self.pos_weight is None:
            raise RuntimeError('the positive weights come from a label graph: call init_weights() first')
        if logits.dtype in (torch.float16, torch.bfloat16):
            logits = logits.float()  # a large positive weight is infinite in float16, and 0 * inf no number
        present, absent = self.pair(logits)
        target = target.clamp(min=0).to(logits.dtype)
        target = target * (1 - 2 * self.label_smoothing) + self.label_smoothing
        present = weighted(present, 'pos_weight', self.pos_weight)
        return weighted(target * present + (1 - target) * absent, 'class_weight', self.class_weight)

    def forward(self,
                cls_score: torch.Tensor,
                target: torch.Tensor,
                avg_factor: Optional[float] = None) -> torch.Tensor:
        """Logits and targets, both (B, N); targets of -1 are ignored -> scalar.

        mmpretrain's heads pass the batch size as ``avg_factor``. It is ignored, as ``normalization`` decides.
        """
        known = target >= 0
        losses = self.each(cls_score, target) * known
        if self.normalization == 'mean':
            return self.loss_weight * losses.sum() / known.sum().clamp(min=1)
        return self.loss_weight * losses.sum() / max(cls_score.shape[0], 1)
