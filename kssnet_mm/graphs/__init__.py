from .builder import LabelGraphBuilder
from .label_graph import LabelGraph, LabelMismatchError
from .presets import PRESETS
from .sources import CharadesLabels, CocoLabels, LabelTable
from .statistics import CooccurrenceGraph
from .superimpose import ks_graph, normalize_symmetric, smooth, superimpose, threshold

__all__ = [
    'CharadesLabels', 'CocoLabels', 'CooccurrenceGraph', 'LabelGraph', 'LabelGraphBuilder',
    'LabelMismatchError', 'LabelTable', 'PRESETS', 'ks_graph', 'normalize_symmetric', 'smooth',
    'superimpose', 'threshold'
]
