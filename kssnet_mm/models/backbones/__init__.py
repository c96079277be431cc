"""Backbones: the wrapper that adds a label graph to one, and those OpenMMLab lacks."""
from .label_graph_backbone import LabelGraphBackbone

__all__ = ['LabelGraphBackbone']
