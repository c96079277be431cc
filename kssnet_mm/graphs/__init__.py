from kssnet_mm.utils.labels import LabelMismatchError

from .builder import LabelGraphBuilder
from .conceptnet import ConceptNetGraph
from .cooccurrence import CooccurrenceGraph
from .embeddings import RandomEmbedding, WordVectorEmbedding
from .label_graph import LabelGraph
from .presets import PRESETS
from .released_pickle import import_released
from .sources import CharadesLabels, CocoLabels, DatasetLabels, LabelSource, LabelTable, VOCLabels
from .superimpose import ks_graph, normalize_symmetric, smooth, superimpose, threshold

__all__ = [
    'CharadesLabels', 'CocoLabels', 'ConceptNetGraph', 'CooccurrenceGraph', 'DatasetLabels', 'LabelGraph',
    'LabelGraphBuilder', 'LabelMismatchError', 'LabelSource', 'LabelTable', 'PRESETS', 'RandomEmbedding',
    'VOCLabels', 'WordVectorEmbedding', 'import_released', 'ks_graph', 'normalize_symmetric', 'smooth', 'superimpose',
    'threshold'
]
