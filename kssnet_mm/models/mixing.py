"""Mixing augmentations that know of unknown labels: a mixed target is unknown where either part is.

mmpretrain's and mmaction2's own mix a target of -1 as if it were a number. Here the augmentation mixes known targets
and, beside them, which targets are unknown: wherever an unknown part has a share of the mixture, the target is -1.
"""
from typing import List, Tuple

import torch
from mmpretrain.registry import BATCH_AUGMENTS

from kssnet_mm.compat import action_targets, set_action_target
from kssnet_mm.registry import MODELS


def with_unknown(target: torch.Tensor) -> torch.Tensor:
    """Targets (B, N) of 0 to 1, or -1 -> (B, 2N): the known targets, and 1 where a target is unknown."""
    return torch.cat([target.clamp(min=0), (target < 0).to(target.dtype)], dim=1)


def without_unknown(mixed: torch.Tensor) -> torch.Tensor:
    """What mixing made of :func:`with_unknown`, (B, 2N) -> targets (B, N)."""
    target, unknown = mixed.chunk(2, dim=1)
    return target.masked_fill(unknown > 0, -1)


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


@MODELS.register_module()
class MaskedBlending:
    """One of mmaction2's blendings for multi-hot targets of which some are unknown.

    In the ``ActionDataPreprocessor``: ``blending=dict(type='MaskedBlending', blending=dict(type='MixupBlending',
    num_classes=157, alpha=0.2))``.

    Args:
        blending: Config of ``MixupBlending`` or ``CutmixBlending``; their ``num_classes`` is N.
    """

    def __init__(self, blending: dict) -> None:
        self.blending = MODELS.build(blending)

    def __call__(self, imgs: torch.Tensor, batch_data_samples: List) -> Tuple[torch.Tensor, List]:
        """Clips (B, V, C, T, H, W) or frames, and their samples -> both mixed."""
        targets = action_targets(batch_data_samples, self.blending.num_classes).to(imgs.device)
        imgs, mixed = self.blending.do_blending(imgs, with_unknown(targets))
        for sample, target in zip(batch_data_samples, without_unknown(mixed)):
            set_action_target(sample, target)
        return imgs, batch_data_samples
