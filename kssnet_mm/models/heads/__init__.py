"""Multi-label heads for images and video."""
from .kssnet_head import KSSNetHead
from .kssnet_video_head import KSSNetVideoHead
from .label_graph_classifier import LabelGraphClassifier

__all__ = ['KSSNetHead', 'KSSNetVideoHead', 'LabelGraphClassifier']
