"""mmpretrain's batch augmentations for targets of which some are unknown."""
from typing import Tuple

import torch
from mmpretrain.registry import BATCH_AUGMENTS

from .mixing import with_unknown, without_unknown


@BATCH_AUGMENTS.register_module()
class MaskedBatchAugment:
    """One of mmpretrain's batch augmentations for targets of which some are unknown.

    In the model's ``train_cfg``: ``dict(augments=[dict(type='MaskedBatchAugment', augment=dict(type='Mixup',
    alpha=0.2))])``.

    Args:
        augment: Config of ``Mixup``, ``CutMix`` or ``ResizeMix``.
    """

    def __init__(self, augment: dict) -> None:
        self.augment = BATCH_AUGMENTS.build(augment)

    def __call__(self, batch_inputs: torch.Tensor, batch_score: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """Images (B, C, H, W) and targets (B, N) -> mixed images and targets."""
        inputs, mixed = self.augment(batch_inputs, with_unknown(batch_score.float()))
        return inputs, without_unknown(mixed)
