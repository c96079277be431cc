"""Multi-label binary cross entropy."""
from typing import Tuple

import torch
import torch.nn.functional as F

from kssnet_mm.registry import MODELS

from .label_loss import LabelLoss


@MODELS.register_module()
class MultiLabelBCELoss(LabelLoss):
    """Binary cross entropy: L+ = -log s(x), L- = -log s(-x) with the sigmoid s.

    Args:
        kwargs: As in :class:`LabelLoss`.
    """

    def pair(self, logits: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """Logits (B, N) -> L+ and L-."""
        return -F.logsigmoid(logits), -F.logsigmoid(-logits)
