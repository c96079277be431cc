"""Modules that turn a label graph and pixels into label scores."""
from .constant_connection import ConstantConnection
from .heads import *  # noqa: F401,F403
from .inception_i3d import InceptionI3D
from .label_embedding import LabelEmbedding
from .label_gcn import LabelGCN
from .label_graph_backbone import LabelGraphBackbone
from .lateral_connection import LateralConnection
from .losses import *  # noqa: F401,F403
from .mixing import MaskedBatchAugment, MaskedBlending

__all__ = ['ConstantConnection', 'InceptionI3D', 'LabelEmbedding', 'LabelGCN', 'LabelGraphBackbone',
           'LateralConnection', 'MaskedBatchAugment', 'MaskedBlending']
