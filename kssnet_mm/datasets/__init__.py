"""Multi-label data sets of images and videos."""
from .charades import CharadesDataset
from .coco import CocoMultiLabel
from .frame_lists import FrameListMultiLabel
from .table_images import TableMultiLabel
from .table_videos import TableVideoMultiLabel
from .transforms import *  # noqa: F401,F403
from .voc import VOCMultiLabel

__all__ = ['CharadesDataset', 'CocoMultiLabel', 'FrameListMultiLabel', 'TableMultiLabel', 'TableVideoMultiLabel',
           'VOCMultiLabel']
