"""Checkpoints of the authors' released KSSNet (its network is called MSSNet or GCNI3D there)."""
from typing import Optional, Sequence

import torch

from kssnet_mm.models.inception_i3d import InceptionI3D
from kssnet_mm.models.label_gcn import LabelGCN

from .released_parts import check_sizes, names_as_keys
from .state_dicts import State, complete_state, shapes_of

STAGES = ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')
CHANNELS = (192, 480, 832, 1024)


def released_shapes(num_classes: int, in_channels: int) -> dict:
    """Names and shapes in the released network."""
    backbone, shapes = InceptionI3D(), {}
    for index, name in enumerate(backbone.stage_names):
        shapes.update(shapes_of(getattr(backbone, name), f'features.{index}.'))
    gcn = LabelGCN(num_classes, in_channels, CHANNELS, rank='released', bias=True)
    for index, layer in enumerate(gcn.layers, 1):
        shapes.update({f'gc{index}.weight1': tuple(layer.weight1.shape),
                       f'gc{index}.weight2': tuple(layer.weight2.shape),
                       f'gc{index}.bias': (1, layer.bias.numel())})
    for index, channels in enumerate(CHANNELS[:3], 1):
        shapes[f'merge_conv{index}.weight'] = (channels, num_classes, 1, 1, 1)
    shapes['logits.conv3d.weight'] = (num_classes, CHANNELS[-1], 1, 1, 1)
    shapes['logits.conv3d.bias'] = (num_classes, )
    return shapes


def convert_mssnet(state: State, adjacency: torch.Tensor, embedding: torch.Tensor,
                   labels: Optional[Sequence[str]] = None, path: str = 'the file') -> State:
    """The weights of ``configs/kssnet_i3d_charades_released.py``'s model.

    Args:
        state: The released network's state dict, without a graph in it.
        adjacency: A'_KS, N x N, normalised for the GCN.
        embedding: E(0), N x F.
        labels: N names, so that a data set of another class order is refused; None: unknown.
        path: For messages.

    Raises:
        ValueError: Keys or shapes differ; names them.
    """
    num_classes, size = check_sizes(embedding, adjacency, labels)
    state = complete_state(state, released_shapes(num_classes, size), path, 'released KSSNet checkpoint')
    names, out = InceptionI3D().stage_names, {}
    for key, value in state.items():
        part, _, rest = key.partition('.')
        if part == 'features':
            index, _, rest = rest.partition('.')
            out[f'backbone.backbone.{names[int(index)]}.{rest}'] = value
        elif part.startswith('gc'):
            value = value.flatten() if rest == 'bias' else value
            out[f'backbone.gcn.layers.{int(part[2:]) - 1}.{rest}'] = value
        elif part.startswith('merge_conv'):
            stage = STAGES[int(part[len('merge_conv'):]) - 1]
            out[f'backbone.laterals.{stage}.weight'] = value.flatten(1)
        else:
            out[f'cls_head.classifier.fc.{key.rsplit(".", 1)[1]}'] = \
                value.flatten(1) if value.dim() > 1 else value
    out['backbone.gcn.adjacency'], out['backbone.gcn.embedding'] = adjacency, embedding
    out['backbone.gcn.label_keys'] = names_as_keys(labels, num_classes)
    return out
