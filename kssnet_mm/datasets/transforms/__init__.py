"""Transforms that none of mmcv, mmpretrain and mmaction2 has."""
from kssnet_mm.utils.lazy import lazy_names, places

PLACES = places(
    __name__,
    clip_labels=['ClipLabels'],
    multi_scale_crop=['MultiScaleImageCrop'],
    segments_to_clip=['SegmentsToClip'],
    sequential_video=['SequentialVideoDecode', 'SequentialVideoInit'])
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
