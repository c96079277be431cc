"""Modules that turn a label graph and pixels into label scores."""
from kssnet_mm.utils.lazy import lazy_names, places

from . import heads, losses

PLACES = dict(
    **places(
        __name__,
        constant_connection=['ConstantConnection'],
        inception_i3d=['InceptionI3D'],
        label_embedding=['LabelEmbedding'],
        label_gcn=['LabelGCN'],
        label_graph_backbone=['LabelGraphBackbone'],
        lateral_connection=['LateralConnection'],
        masked_batch_augment=['MaskedBatchAugment'],
        masked_blending=['MaskedBlending']),
    **heads.PLACES,
    **losses.PLACES)
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
