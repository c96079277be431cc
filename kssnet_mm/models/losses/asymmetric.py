"""Asymmetric loss over labels."""
from typing import Tuple

import torch
import torch.nn.functional as F

from kssnet_mm.registry import MODELS

from .label_loss import LabelLoss


@MODELS.register_module()
class MultiLabelAsymmetricLoss(LabelLoss):
    """Asymmetric loss (Ridnik et al., ICCV 2021): L+ = -(1 - p)^g+ log p, L- = -q^g- log(1 - q), q = max(p - m, 0).

    mmpretrain's ``AsymmetricLoss`` takes targets of -1 as numbers, and its loss of a target of 0.5, as mixing makes it,
    has no gradient; here that is half of each. With exponents below 1 its gradient is no number where the power's base
    is 0.

    Args:
        gamma_pos: g+, 0 or more.
        gamma_neg: g-, 0 or more.
        clip: m, the probability below which a negative has no loss.
        eps: The smallest q, and the smallest 1 - q.
        kwargs: As in :class:`LabelLoss`.
    """

    def __init__(self, gamma_pos: float = 0.0, gamma_neg: float = 4.0, clip: float = 0.05, eps: float = 1e-8,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        if min(gamma_pos, gamma_neg) < 0 or not 0 <= clip < 1:
            raise ValueError(f'gamma_pos and gamma_neg must be 0 or more and clip in [0, 1), got '
                             f'gamma_pos={gamma_pos!r}, gamma_neg={gamma_neg!r}, clip={clip!r}')
        self.gamma_pos, self.gamma_neg, self.clip, self.eps = gamma_pos, gamma_neg, clip, eps

    def pair(self, logits: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """Logits (B, N) -> L+ and L-."""
        q = (logits.sigmoid() - self.clip).clamp(min=self.eps)
        return (-torch.exp(self.gamma_pos * F.logsigmoid(-logits)) * F.logsigmoid(logits),
                -q**self.gamma_neg * torch.log((1 - q).clamp(min=self.eps)))
