"""mmaction2's blendings for targets of which some are unknown."""
from typing import List, Tuple

import torch

from kssnet_mm.compat import action_targets, set_action_target
from kssnet_mm.registry import MODELS

from .mixing import with_unknown, without_unknown


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
