"""Multi-label heads for images and video, and the classifiers in them."""
from .graph_linear_classifier import GraphLinearClassifier
from .kssnet_head import KSSNetHead
from .kssnet_video_head import KSSNetVideoHead
from .label_graph_classifier import LabelGraphClassifier
from .linear_classifier import LinearClassifier
from .refined_classifier import RefinedClassifier
from .trn_video_head import TRNVideoHead

__all__ = ['GraphLinearClassifier', 'KSSNetHead', 'KSSNetVideoHead', 'LabelGraphClassifier', 'LinearClassifier',
           'RefinedClassifier', 'TRNVideoHead']
