"""Giving convolutions other weights for the time of one call, with gradients to what they are made of."""
from typing import Dict

import torch
import torch.nn as nn
from torch.func import functional_call

from kssnet_mm.compat import is_compiling


def takes_weight(stage: nn.Module, reader: str) -> bool:
    """Whether a convolution of ``stage`` can be given another weight for the time of one call.

    Not one that is known to be run again in the backward pass, when the call is over: by the blocks'
    ``with_cp``, or by mmengine's ``activation_checkpointing``, which gives modules another ``forward``. Nor
    one whose weight is made from other parameters (weight norm).
    """
    if is_compiling() and not hasattr(torch.compiler, 'is_compiling'):
        return False  # below torch 2.3 the compiler cannot replace weights
    module = stage
    for part in ('', *reader.split('.')):
        module = getattr(module, part) if part else module
        if getattr(module, 'with_cp', False) or 'forward' in vars(module):
            return False
    return 'weight' in module._parameters


def call_with_weights(stage: nn.Module, weights: Dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """``stage(x)`` with other weights of some convolutions: {'0.conv1': weight}."""
    if not is_compiling():
        for reader in weights:
            stage.get_submodule(reader).weight_replaced = True
    return functional_call(stage, {f'{reader}.weight': weight for reader, weight in weights.items()}, (x, ))


def refuse_recomputation(conv: nn.Module, inputs) -> None:
    """A forward pre-hook: an error where a convolution runs again in the backward pass, with its own weight.

    Checkpointing that :func:`takes_weight` does not know would silently give wrong gradients.

    Raises:
        RuntimeError: It does.
    """
    if is_compiling() or torch._C._current_graph_task_id() == -1:
        return
    if getattr(conv, 'weight_replaced', False) and isinstance(conv.weight, nn.Parameter):
        raise RuntimeError('a convolution that a lateral connection was folded into is computed again in the '
                           'backward pass, where its folded weight is gone: set fold=False of the '
                           'LabelGraphBackbone, or checkpoint by the backbone\'s with_cp')
