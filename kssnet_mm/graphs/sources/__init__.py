from .charades import CharadesLabels
from .class_list import read_class_list
from .coco import CocoLabels
from .dataset import DatasetLabels
from .table import LabelTable
from .voc import VOCLabels

__all__ = [
    'CharadesLabels', 'CocoLabels', 'DatasetLabels', 'LabelTable', 'VOCLabels', 'read_class_list'
]
