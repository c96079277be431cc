"""Weights of pytorch-i3d (``rgb_imagenet.pt`` and its like)."""
from typing import Optional

from kssnet_mm.models.backbones.inception_i3d import InceptionI3D

from .state_dicts import State, check_state, shapes_of

HEAD = ('logits.conv3d.weight', 'logits.conv3d.bias')


def convert_i3d(state: State, path: str = 'the file', in_channels: Optional[int] = None) -> State:
    """The backbone's weights: pytorch-i3d's names are ours, its classifier is left out.

    Args:
        state: pytorch-i3d's state dict; any number of classes.
        path: For messages.
        in_channels: 3, or 2 for flow; None: as the file has.

    Raises:
        ValueError: Keys or shapes differ; names them.
    """
    first = state.get('Conv3d_1a_7x7.conv3d.weight')
    if in_channels is None:
        in_channels = 3 if first is None or first.dim() != 5 else first.shape[1]
    body = {key: value for key, value in state.items() if key not in HEAD}
    check_state(body, shapes_of(InceptionI3D(in_channels=in_channels)), path, 'pytorch-i3d checkpoint')
    return body
