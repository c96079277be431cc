"""Checkpoints of the released ML-GCN."""
from typing import Optional, Sequence

import numpy as np
import torch
from mmpretrain.models.backbones import ResNet

from kssnet_mm.models.label_gcn import normalize_mlgcn

from .released_parts import check_sizes, names_as_keys, positions
from .state_dicts import State, complete_state, shapes_of

# Positions in ML-GCN's nn.Sequential of torchvision's ResNet.
PARTS = {'0': 'conv1', '1': 'bn1', '4': 'layer1', '5': 'layer2', '6': 'layer3', '7': 'layer4'}


def convert_mlgcn(state: State, embedding: torch.Tensor, labels: Optional[Sequence[str]] = None,
                  path: str = 'the file', order: Optional[Sequence[str]] = None) -> State:
    """The weights of ``configs/mlgcn_r101_coco.py``'s model.

    Args:
        state: ML-GCN's state dict; its ``A`` is the graph before ``gen_adj``.
        embedding: E(0), N x 300: ML-GCN reads it from a file of its own.
        labels: N names in the file's order (ML-GCN sorts them); None: unknown.
        path: For messages.
        order: The names in the order that the data set has them; None: as in the file.

    Raises:
        ValueError: Keys, shapes or names differ; names them.
    """
    n, size = check_sizes(embedding, labels=labels)
    backwards = {name: index for index, name in PARTS.items()}
    expected = {}
    for key, shape in shapes_of(ResNet(101)).items():
        part, _, rest = key.partition('.')
        expected[f'features.{backwards[part]}.{rest}'] = shape
    expected.update({'A': (n, n), 'gc1.weight': (size, 1024), 'gc2.weight': (1024, 2048)})
    state, out = complete_state(state, expected, path, 'ML-GCN checkpoint'), {}
    for key, value in state.items():
        if key.startswith('features.'):
            _, index, rest = key.split('.', 2)
            out[f'backbone.backbone.{PARTS[index]}.{rest}'] = value
    out['backbone.gcn.layers.0.weight'] = state['gc1.weight']
    out['backbone.gcn.layers.1.weight'] = state['gc2.weight']
    adjacency = torch.from_numpy(normalize_mlgcn(state['A'].double().numpy()).astype(np.float32))
    if order is not None:  # only these two have a row for each label
        place = positions(labels, order)
        adjacency, embedding, labels = adjacency[place][:, place], embedding[place], order
    out['backbone.gcn.adjacency'], out['backbone.gcn.embedding'] = adjacency, embedding
    out['backbone.gcn.label_keys'] = names_as_keys(labels, n)
    return out
