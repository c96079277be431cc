"""Multi-label data sets of images and videos."""
from kssnet_mm.utils.lazy import lazy_names, places

from . import transforms

# Data sets of images need mmpretrain, those of videos mmaction2: each is imported when it is asked for.
PLACES = dict(
    **places(
        __name__,
        charades=['CharadesDataset'],
        coco=['CocoMultiLabel'],
        frame_lists=['FrameListMultiLabel'],
        table_images=['TableMultiLabel'],
        table_videos=['TableVideoMultiLabel'],
        voc=['VOCMultiLabel']),
    **transforms.PLACES)
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
