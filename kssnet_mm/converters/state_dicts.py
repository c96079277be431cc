"""Reading, checking and writing state dicts."""
from typing import Dict, Optional

import torch

from kssnet_mm.checkpoints import read_checkpoint, without_wrapper, write_checkpoint
from kssnet_mm.utils.io import listed

State = Dict[str, torch.Tensor]
# Keys of each kind that a refusal names; their number is told in any case.
NAMED = 20


def read_state_dict(path: str, content: Optional[dict] = None) -> State:
    """The tensors by name: bare, or under ``state_dict``; a prefix ``module.`` of all is cut off."""
    content = read_checkpoint(path) if content is None else content
    state = content.get('state_dict', content) if isinstance(content, dict) else content
    if not isinstance(state, dict) or not state or not all(
            isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError(f'{path} holds no state dict')
    return without_wrapper(state)


def complete_state(state: State, expected: Dict[str, tuple], path: str, kind: str) -> State:
    """The state, once its names and shapes are those of the network of this kind.

    Batch counters (``num_batches_tracked``) may be absent, as in files of PyTorch before 0.4.1: they are
    added as 0, so that the result loads strictly. Nothing reads them where a norm has a momentum.

    Raises:
        ValueError: Names the missing, unexpected and misshapen keys, and how many there are.
    """
    counters = {key: torch.zeros((), dtype=torch.int64) for key in expected
                if key.endswith('num_batches_tracked') and key not in state}
    state = {**state, **counters}
    faults = dict(
        missing=[k for k in expected if k not in state],
        unexpected=[k for k in state if k not in expected],
        misshapen=[f'{k} {tuple(state[k].shape)} for {tuple(expected[k])}' for k in expected
                   if k in state and tuple(state[k].shape) != tuple(expected[k])])
    if any(faults.values()):
        parts = [f'{len(keys)} {name}: {listed(keys, NAMED)}' for name, keys in faults.items() if keys]
        raise ValueError(f'{path} is no {kind}: ' + '; '.join(parts))
    return state


def shapes_of(module: torch.nn.Module, prefix: str = '') -> Dict[str, tuple]:
    """Names and shapes of a module's state."""
    return {prefix + key: tuple(value.shape) for key, value in module.state_dict().items()}


def save_state_dict(state: State, path: str, **meta) -> None:
    """Write ``dict(state_dict=..., meta=...)``, whole or not at all."""
    write_checkpoint(dict(state_dict={k: v.contiguous() for k, v in state.items()}, meta=meta), path)
