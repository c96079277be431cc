"""A connection as a map at every position, which a stage can apply to its input piece by piece."""
from typing import Callable

import torch
import torch.nn as nn

from kssnet_mm.compat import is_compiling

# (B, C, [T,] H, W) -> the same shape, each position by itself; it may write over its input
PositionMap = Callable[[torch.Tensor], torch.Tensor]


def maps_in_pieces(connection: nn.Module, before: nn.Module, after: nn.Module) -> bool:
    """Whether the stage after a connection may apply its map, over the output of the stage before.

    Not where code is traced, where somebody's hooks wait for the connection's call or look at what the stages
    give or get, or where another class (a wrapper that gathers sharded parameters) or one module (mmengine's
    activation checkpointing, through which no gradient reaches what a map holds) has a forward of its own.
    """
    if is_compiling() or torch.jit.is_tracing():
        return False
    hooks = (connection._forward_hooks, connection._forward_pre_hooks, connection._backward_hooks,
             connection._backward_pre_hooks, before._forward_hooks, after._forward_hooks, after._forward_pre_hooks,
             after._backward_hooks, after._backward_pre_hooks)
    own_forward = ('position_map' not in vars(type(connection)) or 'forward' in vars(connection)
                   or 'forward' in vars(after))
    return not own_forward and not any(hooks)
