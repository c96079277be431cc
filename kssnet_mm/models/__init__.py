"""Modules that turn a label graph and pixels into label scores."""
from .backbones import *  # noqa: F401,F403
from .heads import *  # noqa: F401,F403
from .label_embedding import LabelEmbedding
from .label_gcn import LabelGCN
from .losses import MultiLabelBCELoss
from .necks import *  # noqa: F401,F403

__all__ = ['LabelEmbedding', 'LabelGCN', 'MultiLabelBCELoss']
