"""Make one clip of many one-frame segments."""
from mmcv.transforms import BaseTransform

from kssnet_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class SegmentsToClip(BaseTransform):
    """Turn ``num_clips`` segments of one frame into one clip of as many frames.

    TSN sampling as the paper uses it is mmaction2's ``SampleFrames(clip_len=1, num_clips=T)``; its
    ``FormatShape('NCTHW')`` would make T clips of one frame of that. With several views (crops) the
    frames of a crop stay together. Place it before ``FormatShape``.

    Required and changed keys: ``num_clips``, ``clip_len``.
    """

    def transform(self, results: dict) -> dict:
        """Swap the two keys.

        Raises:
            ValueError: The segments have more than one frame.
        """
        if results['clip_len'] != 1:
            raise ValueError(f'SegmentsToClip needs segments of one frame, clip_len is '
                             f'{results["clip_len"]}')
        results['clip_len'], results['num_clips'] = results['num_clips'], 1
        return results
