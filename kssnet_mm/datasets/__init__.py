"""Multi-label data sets of images and videos."""
from .charades import CharadesDataset
from .coco import CocoMultiLabel
from .transforms import *  # noqa: F401,F403

__all__ = ['CharadesDataset', 'CocoMultiLabel']
