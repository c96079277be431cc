"""Multi-label binary cross entropy with its normalisation as a setting."""
from typing import Optional

import torch
import torch.nn as nn
import torch.nn.functional as F

from kssnet_mm.registry import MODELS


@MODELS.register_module()
class MultiLabelBCELoss(nn.Module):
    """Binary cross entropy of logits over N labels.

    Args:
        normalization: 'mean' over samples AND classes (torch's MultiLabelSoftMarginLoss, which
            the released KSSNet and ML-GCN code use and the paper's learning rates expect), or
            'sum' over classes and mean over samples (mmpretrain's multi-label heads), N times
            larger.
        loss_weight: Factor of the loss.
    """

    def __init__(self, normalization: str = 'mean', loss_weight: float = 1.0) -> None:
        super().__init__()
        if normalization not in ('mean', 'sum'):
            raise ValueError(f"normalization must be 'mean' or 'sum', got {normalization!r}")
        self.normalization = normalization
        self.loss_weight = loss_weight

    def forward(self,
                cls_score: torch.Tensor,
                target: torch.Tensor,
                avg_factor: Optional[float] = None) -> torch.Tensor:
        """Logits and targets, both (B, N); targets of -1 are ignored -> scalar.

        mmpretrain's heads pass the batch size as ``avg_factor``. It is ignored, as ``normalization`` decides.
        """
        known = target >= 0
        losses = F.binary_cross_entropy_with_logits(
            cls_score, target.clamp(min=0).to(cls_score.dtype), reduction='none') * known
        if self.normalization == 'mean':
            return self.loss_weight * losses.sum() / known.sum().clamp(min=1)
        return self.loss_weight * losses.sum() / max(cls_score.shape[0], 1)
