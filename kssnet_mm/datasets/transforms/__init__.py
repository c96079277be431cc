"""Transforms that none of mmcv, mmpretrain and mmaction2 has."""
from .decode_sequential import SequentialVideoDecode, SequentialVideoInit
from .multi_scale_crop import MultiScaleImageCrop
from .segments_to_clip import SegmentsToClip

__all__ = ['MultiScaleImageCrop', 'SegmentsToClip', 'SequentialVideoDecode', 'SequentialVideoInit']
