"""Backbones: the wrapper that adds a label graph to one, and those OpenMMLab lacks."""
from .inception_i3d import InceptionI3D
from .label_graph_backbone import LabelGraphBackbone

__all__ = ['InceptionI3D', 'LabelGraphBackbone']
