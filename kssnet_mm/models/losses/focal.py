"""Focal loss over labels."""
from typing import Tuple

import torch
import torch.nn.functional as F

from kssnet_mm.registry import MODELS

from .label_loss import LabelLoss


@MODELS.register_module()
class MultiLabelFocalLoss(LabelLoss):
    """Focal loss (Lin et al., ICCV 2017): L+ = -a (1 - p)^g log p, L- = -(1 - a) p^g log(1 - p).

    mmpretrain's ``FocalLoss`` takes targets of -1 as numbers. The power of a probability that is 0 after rounding has no
    gradient where g is below 1, so that it is computed from the probability's logarithm here.

    Args:
        gamma: g, 0 or more. At 0 and alpha 0.5 the loss is half the binary cross entropy.
        alpha: a, 0 to 1.
        kwargs: As in :class:`LabelLoss`.
    """

    def __init__(self, gamma: float = 2.0, alpha: float = 0.25, **kwargs) -> None:
        super().__init__(**kwargs)
        if gamma < 0 or not 0 <= alpha <= 1:
            raise ValueError(f'gamma must be 0 or more and alpha in [0, 1], got gamma={gamma!r}, alpha={alpha!r}')
        self.gamma, self.alpha = gamma, alpha

    def pair(self, logits: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """Logits (B, N) -> L+ and L-."""
        log_p, log_rest = F.logsigmoid(logits), F.logsigmoid(-logits)  # of p and of 1 - p
        return (-self.alpha * torch.exp(self.gamma * log_rest) * log_p,
                -(1 - self.alpha) * torch.exp(self.gamma * log_p) * log_rest)
