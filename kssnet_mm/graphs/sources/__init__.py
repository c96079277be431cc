"""Sources of labels: what the readers of ``kssnet_mm.annotations`` give, as tables of samples by labels."""
from .charades import CharadesLabels
from .coco import CocoLabels
from .dataset import DatasetLabels
from .label_source import LabelSource
from .table import LabelTable
from .voc import VOCLabels

__all__ = ['CharadesLabels', 'CocoLabels', 'DatasetLabels', 'LabelSource', 'LabelTable', 'VOCLabels']
