"""mmaction2's TRN for multi-label videos."""
from typing import Optional, Sequence, Union

import torch

from kssnet_mm.registry import MODELS

from .kssnet_video_head import KSSNetVideoHead


@MODELS.register_module()
class TRNVideoHead(KSSNetVideoHead):
    """Temporal Relation Network (Zhou et al., ECCV 2018): mmaction2's ``TRNHead`` gives the logits of a video.

    Loss and prediction are those of ``KSSNetVideoHead``. The classifier joins the segments of a video itself, so
    nothing is averaged over them. As in mmaction2, at most three relations of each scale are drawn at random in every
    forward pass, in testing too.

    Args:
        num_classes: Number of labels, N.
        in_channels: C of the feature map.
        classifier: Config of mmaction2's head, whose ``num_segments`` is the number of frames of a clip.
        kwargs: As in ``KSSNetVideoHead``.
    """

    reads_embedding = False

    def __init__(self, num_classes: int, in_channels: int,
                 classifier: dict = dict(type='mmaction.TRNHead', num_segments=8), **kwargs) -> None:
        super().__init__(num_classes, in_channels, classifier=classifier, **kwargs)

    def forward(self, x: Union[torch.Tensor, Sequence[torch.Tensor]], num_segs: Optional[int] = None,
                **kwargs) -> torch.Tensor:
        """Feature maps (B*V*T, C, H, W) of T segments of V views -> logits (B*V, N)."""
        return self.classifier(x if isinstance(x, torch.Tensor) else x[-1], num_segs)
