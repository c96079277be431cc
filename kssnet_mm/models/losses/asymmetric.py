"""Asymmetric loss over labels."""
from typing import Tuple

import torch
from mmpretrain.models.losses import asymmetric_loss

from kssnet_mm.registry import MODELS

from .label_loss import LabelLoss


@MODELS.register_module()
class MultiLabelAsymmetricLoss(LabelLoss):
    """Asymmetric loss (Ridnik et al., ICCV 2021): L+ = -(1 - p)^g+ log p, L- = -q^g- log(1 - q), q = max(p - m, 0).

    mmpretrain's function gives both. Its ``AsymmetricLoss`` itself believes targets of -1, and its loss of a target
    of 0.5, as mixing makes it, has no gradient; here that is half of each.

    Args:
        gamma_pos: g+, 0 or more.
        gamma_neg: g-, 0 or more.
        clip: m, the probability below which a negative has no loss.
        eps: The smallest argument of the logarithm.
        kwargs: As in :class:`LabelLoss`.
    """

    def __init__(self, gamma_pos: float = 0.0, gamma_neg: float = 4.0, clip: float = 0.05, eps: float = 1e-8,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        if min(gamma_pos, gamma_neg) < 0 or not 0 <= clip < 1:
            raise ValueError(f'gamma_pos and gamma_neg must be 0 or more and clip in [0, 1), got '
                             f'gamma_pos={gamma_pos!r}, gamma_neg={gamma_neg!r}, clip={clip!r}')
        self.settings = dict(gamma_pos=gamma_pos, gamma_neg=gamma_neg, clip=clip, eps=eps, reduction='none')

    def pair(self, logits: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """Logits (B, N) -> L+ and L-."""
        logits = logits.float() if logits.dtype in (torch.bfloat16, torch.float16) else logits
        return (asymmetric_loss(logits, torch.ones_like(logits), **self.settings),
                asymmetric_loss(logits, torch.zeros_like(logits), **self.settings))
