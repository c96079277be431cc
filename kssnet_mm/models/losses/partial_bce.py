"""Binary cross entropy for samples of which only some labels are known."""
from typing import Optional

import torch

from kssnet_mm.registry import MODELS

from .bce import MultiLabelBCELoss


@MODELS.register_module()
class PartialBCELoss(MultiLabelBCELoss):
    """Partial binary cross entropy (Durand et al., CVPR 2019): g(p) / N times the sum over a sample's known labels.

    p is the share of the sample's labels that are known, and g(p) = alpha p^gamma + beta. With the default g(p) = 1/p
    every sample counts alike, however few of its labels are known; with ``alpha=0, beta=1`` every known label does.

    Args:
        alpha: Factor of p^gamma.
        beta: What is added to it.
        gamma: Exponent of p.
        kwargs: As in :class:`LabelLoss`. 'mean' divides by N and averages over the samples with a known label,
            'sum' leaves the division by N out.
    """

    def __init__(self, alpha: float = 1.0, beta: float = 0.0, gamma: float = -1.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.alpha, self.beta, self.gamma = alpha, beta, gamma

    def forward(self,
                cls_score: torch.Tensor,
                target: torch.Tensor,
                avg_factor: Optional[float] = None) -> torch.Tensor:
        """Logits and targets, both (B, N); targets of -1 are ignored -> scalar."""
        known = target >= 0
        losses = self.each(cls_score, target) * known
        share = known.to(losses.dtype).mean(dim=1)  # not in float16, in which a power of a small share is infinite
        some = share > 0
        factor = (self.alpha * share.where(some, torch.ones_like(share))**self.gamma + self.beta) * some
        losses = losses.sum(dim=1) * factor
        scale = target.shape[1] if self.normalization == 'mean' else 1
        return self.loss_weight * losses.sum() / (scale * some.sum().clamp(min=1))
