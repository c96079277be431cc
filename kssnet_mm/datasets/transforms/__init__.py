"""Transforms that none of mmcv, mmpretrain and mmaction2 has."""
from .decode_sequential import SequentialVideoDecode, SequentialVideoInit
from .segments_to_clip import SegmentsToClip

__all__ = ['SegmentsToClip', 'SequentialVideoDecode', 'SequentialVideoInit']
