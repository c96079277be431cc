"""Label graphs: co-occurrence, ConceptNet and word vectors become the adjacency and the embeddings of labels."""
from kssnet_mm.compat import make_logger_without_torch
from kssnet_mm.utils.labels import LabelMismatchError

from .builder import LabelGraphBuilder
from .conceptnet import ConceptNetGraph
from .cooccurrence import CooccurrenceGraph
from .embeddings import WordVectorEmbedding
from .label_graph import LabelGraph
from .label_vectors import LabelVectorEmbedding
from .presets import PRESETS
from .random_embedding import RandomEmbedding
from .released_pickle import import_released
from .similarity import SimilarityGraph
from .sources import CharadesLabels, CocoLabels, DatasetLabels, LabelSource, LabelTable, VOCLabels
from .superimpose import ks_graph, normalize_symmetric, smooth, superimpose, threshold
from .weight_sharing import neighbour_weights, weight_sharing

# mmengine's registries log what they build, and its first logger would import torch for that.
make_logger_without_torch()

__all__ = [
    'CharadesLabels', 'CocoLabels', 'ConceptNetGraph', 'CooccurrenceGraph', 'DatasetLabels', 'LabelGraph',
    'LabelGraphBuilder', 'LabelMismatchError', 'LabelSource', 'LabelTable', 'LabelVectorEmbedding', 'PRESETS',
    'RandomEmbedding', 'SimilarityGraph', 'VOCLabels', 'WordVectorEmbedding', 'import_released', 'ks_graph',
    'neighbour_weights', 'normalize_symmetric', 'smooth', 'superimpose', 'threshold', 'weight_sharing'
]
