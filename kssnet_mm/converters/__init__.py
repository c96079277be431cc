"""Converters of released weights to the names that the models of this package have."""
from .backbone import convert_backbone
from .i3d import convert_i3d
from .inflate import convert_googlenet
from .mlgcn import convert_mlgcn
from .mssnet import convert_mssnet
from .released_parts import read_graph, read_vectors
from .state_dicts import read_state_dict, save_state_dict

__all__ = [
    'convert_backbone', 'convert_googlenet', 'convert_i3d', 'convert_mlgcn', 'convert_mssnet', 'read_graph',
    'read_state_dict', 'read_vectors', 'save_state_dict'
]
