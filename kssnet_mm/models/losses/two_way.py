"""The two-way multi-label loss."""
from typing import Optional, Sequence

import torch
import torch.nn as nn
import torch.nn.functional as F

from kssnet_mm.registry import MODELS

from .label_loss import check_normalization, label_weights, weighted

MISSING = -1e30  # below every logit over its temperature; adds nothing to a sum of exponentials


def hardest(logits: torch.Tensor, among: torch.Tensor, temperature: float, dim: int) -> torch.Tensor:
    """T log sum exp(x / T) over the entries that count: a smooth maximum."""
    return temperature * torch.logsumexp((logits / temperature).masked_fill(~among, MISSING), dim)


@MODELS.register_module()
class TwoWayLoss(nn.Module):
    """Two-way multi-label loss (Kobayashi, CVPR 2023).

    For a sample, softplus of T- log sum exp(x / T-) over its negatives plus T+ log sum exp(-x / T+) over its
    positives: the hardest positive should be above the hardest negative. The same along the batch for every label.
    The loss is the sum of the two ways. Samples, and labels, without a known positive and a known negative say
    nothing and are left out.

    Its logits are not calibrated: labels are compared, not told from 0. Tune decision thresholds after training.
    A target above 0 is a positive, one of 0 a negative, one below 0 is unknown.

    Args:
        temperature_pos: T+.
        temperature_neg: T-.
        normalization: 'mean' over the samples (over the labels in the other way), or 'sum'.
        class_weight: Factor of each label in the way along the batch, N numbers. None: 1.
        loss_weight: Factor of the loss.

    Raises:
        ValueError: A temperature is not positive, or another setting is wrong; in the first step, the class weights
            are those of another number of labels.
    """

    def __init__(self,
                 temperature_pos: float = 4.0,
                 temperature_neg: float = 1.0,
                 normalization: str = 'mean',
                 class_weight: Optional[Sequence[float]] = None,
                 loss_weight: float = 1.0) -> None:
        super().__init__()
        if not (temperature_pos > 0 and temperature_neg > 0):
            raise ValueError(f'temperatures must be positive, got temperature_pos={temperature_pos!r}, '
                             f'temperature_neg={temperature_neg!r}')
        self.temperature_pos, self.temperature_neg = temperature_pos, temperature_neg
        self.normalization, self.loss_weight = check_normalization(normalization), loss_weight
        self.class_weight = label_weights('class_weight', class_weight)

    def way(self, logits: torch.Tensor, target: torch.Tensor, dim: int) -> torch.Tensor:
        """The loss along an axis: 1 compares the labels of a sample, 0 the samples of a label."""
        present, absent = target > 0, target == 0
        margins = (hardest(logits, absent, self.temperature_neg, dim)
                   + hardest(-logits, present, self.temperature_pos, dim))
        counts = (present.any(dim) & absent.any(dim)).to(logits.dtype)
        losses = F.softplus(margins) * counts
        if dim == 0:
            losses = weighted(losses, 'class_weight', self.class_weight)
        return losses.sum() if self.normalization == 'sum' else losses.sum() / counts.sum().clamp(min=1)

    def forward(self,
                cls_score: torch.Tensor,
                target: torch.Tensor,
                avg_factor: Optional[float] = None) -> torch.Tensor:
        """Logits and targets, both (B, N); targets of -1 are ignored -> scalar.

        ``avg_factor``, which mmpretrain's heads pass, is not used.
        """
        logits = cls_score.float() if cls_score.dtype in (torch.bfloat16, torch.float16) else cls_score
        return self.loss_weight * (self.way(logits, target, 1) + self.way(logits, target, 0))
