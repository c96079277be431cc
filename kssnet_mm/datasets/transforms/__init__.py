"""Transforms that none of mmcv, mmpretrain and mmaction2 has."""
from .clip_labels import ClipLabels
from .sequential_video import SequentialVideoDecode, SequentialVideoInit
from .multi_scale_crop import MultiScaleImageCrop
from .segments_to_clip import SegmentsToClip

__all__ = ['ClipLabels', 'MultiScaleImageCrop', 'SegmentsToClip', 'SequentialVideoDecode',
           'SequentialVideoInit']
