"""Weights of pytorch-i3d (``rgb_imagenet.pt`` and its like)."""
from kssnet_mm.models.inception_i3d import InceptionI3D

from .state_dicts import State, complete_state, shapes_of

HEAD = ('logits.conv3d.weight', 'logits.conv3d.bias')
FIRST = 'Conv3d_1a_7x7.conv3d.weight'
INPUTS = {3: 'RGB', 2: 'flow'}


def convert_i3d(state: State, path: str = 'the file', in_channels: int = 3) -> State:
    """The backbone's weights: pytorch-i3d's names are ours, its classifier is left out.

    Args:
        state: pytorch-i3d's state dict; any number of classes.
        path: For messages.
        in_channels: 3 for RGB, 2 for flow.

    Raises:
        ValueError: Keys or shapes differ, or the weights are of the other input; names them.
    """
    first = state.get(FIRST)
    found = first.shape[1] if first is not None and first.dim() == 5 else in_channels
    if found != in_channels and found in INPUTS:
        raise ValueError(
            f'{path} holds {INPUTS[found]} weights ({FIRST} reads {found} channels), but '
            f'{INPUTS[in_channels]} weights ({in_channels} channels) were asked for: take the other file of '
            f'pytorch-i3d, or convert for {INPUTS[found]} (in_channels={found}, '
            f"{'with' if found == 2 else 'without'} --flow)")
    body = {key: value for key, value in state.items() if key not in HEAD}
    return complete_state(body, shapes_of(InceptionI3D(in_channels=in_channels)), path, 'pytorch-i3d checkpoint')
