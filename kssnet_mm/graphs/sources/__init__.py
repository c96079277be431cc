from .charades import CharadesLabels
from .class_list import read_class_list
from .coco import CocoLabels
from .table import LabelTable

__all__ = ['CharadesLabels', 'CocoLabels', 'LabelTable', 'read_class_list']
