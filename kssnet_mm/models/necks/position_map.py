"""A connection as a map at every position, which a stage can apply to its input piece by piece."""
from typing import Callable

import torch
import torch.nn as nn

from kssnet_mm.compat import is_compiling

# (B, C, [T,] H, W) -> the same shape, each position by itself; it may write over its input
PositionMap = Callable[[torch.Tensor], torch.Tensor]


def maps_in_pieces(connection: nn.Module, stage: nn.Module) -> bool:
    """Whether a connection's map may be applied in place of its stage's output, without a call of the connection.

    Not where gradients are taken, where code is traced, where somebody's hooks wait for the call or look at
    the stage's output, or where another class (a wrapper that gathers sharded parameters) has a forward of
    its own.
    """
    if torch.is_grad_enabled() or is_compiling() or torch.jit.is_tracing():
        return False
    hooked = connection._forward_hooks or connection._forward_pre_hooks or stage._forward_hooks
    return 'position_map' in vars(type(connection)) and not hooked
