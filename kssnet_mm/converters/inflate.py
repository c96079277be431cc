"""Inception-I3D from a 2D Inception-v1 with batch norm (torchvision's GoogLeNet)."""
import torch
from torchvision.models import GoogLeNet

from kssnet_mm.models.inception_i3d import MIXED, InceptionI3D

from .state_dicts import State, complete_state, shapes_of

# GoogLeNet's first inception block is called 3a, that of I3D 3b.
BLOCKS = {'inception' + name[-2] + chr(ord(name[-1]) - 1): name for name in MIXED}
UNITS = {'conv1': 'Conv3d_1a_7x7', 'conv2': 'Conv3d_2b_1x1', 'conv3': 'Conv3d_2c_3x3'}
BRANCHES = {'branch1': 'b0', 'branch2.0': 'b1a', 'branch2.1': 'b1b', 'branch3.0': 'b2a',
            'branch3.1': 'b2b', 'branch4.1': 'b3b'}


def googlenet_name(key: str) -> str:
    """inception3a.branch2.1.conv.weight -> Mixed_3b.b1b.conv3d.weight."""
    unit, leaf, tensor = key.rsplit('.', 2)
    leaf = {'conv': 'conv3d', 'bn': 'bn'}[leaf]
    if unit in UNITS:
        return f'{UNITS[unit]}.{leaf}.{tensor}'
    block, branch = unit.split('.', 1)
    return f'{BLOCKS[block]}.{BRANCHES[branch]}.{leaf}.{tensor}'


def inflate(weight: torch.Tensor, frames: int, mode: str) -> torch.Tensor:
    """(O, I, kh, kw) -> (O, I, frames, kh, kw).

    'mean' repeats the kernel over time, divided by ``frames`` (I3D's own way); 'center' puts it into
    the middle frame alone. Either gives the 2D result on a constant video away from its ends.
    """
    if mode == 'mean':
        return weight.unsqueeze(2).repeat(1, 1, frames, 1, 1) / frames
    if mode != 'center':
        raise ValueError(f"mode must be 'mean' or 'center', got {mode!r}")
    inflated = weight.new_zeros(*weight.shape[:2], frames, *weight.shape[2:])
    inflated[:, :, frames // 2] = weight
    return inflated


def convert_googlenet(state: State, mode: str = 'mean', path: str = 'the file') -> State:
    """The I3D backbone's weights from a GoogLeNet's, without its classifiers.

    torchvision's "5x5" branch is a 3x3 as well, so that every branch has I3D's width and kernel.

    Raises:
        ValueError: Keys or shapes differ; names them.
    """
    net, expected = GoogLeNet(aux_logits=False, init_weights=False), shapes_of(InceptionI3D())
    flat = {key: shape for key, shape in shapes_of(net).items() if not key.startswith('fc.')}
    body = {key: value for key, value in state.items() if not key.startswith(('fc.', 'aux1.', 'aux2.'))}
    body = complete_state(body, flat, path, 'torchvision GoogLeNet checkpoint')
    names = {key: googlenet_name(key) for key in body}
    return {names[key]: inflate(value, expected[names[key]][2], mode) if value.dim() == 4 else value
            for key, value in body.items()}
