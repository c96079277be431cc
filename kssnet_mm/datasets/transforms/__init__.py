"""Transforms that none of mmcv, mmpretrain and mmaction2 has."""
from .segments_to_clip import SegmentsToClip

__all__ = ['SegmentsToClip']
