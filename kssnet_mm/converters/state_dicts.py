"""Reading, checking and writing state dicts."""
import pickle
from typing import Dict, Optional

import torch

from kssnet_mm.files import whole_file

State = Dict[str, torch.Tensor]


def read_checkpoint(path: str) -> dict:
    """The content of a torch file, never unpickling code.

    Raises:
        ValueError: The file is broken, or holds more than tensors, numbers and strings.
    """
    try:
        return torch.load(path, map_location='cpu', weights_only=True)
    except FileNotFoundError:
        raise
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()
        raise ValueError(f'{path} is refused: it is broken or holds more than tensors '
                         f'({reason[0] if reason else type(error).__name__})') from error


def read_state_dict(path: str, content: Optional[dict] = None) -> State:
    """The tensors by name: bare, or under ``state_dict``; a prefix ``module.`` of all is cut off."""
    content = read_checkpoint(path) if content is None else content
    state = content.get('state_dict', content) if isinstance(content, dict) else content
    if not isinstance(state, dict) or not state or not all(
            isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError(f'{path} holds no state dict')
    if all(key.startswith('module.') for key in state):
        state = {key[len('module.'):]: value for key, value in state.items()}
    return dict(state)


def check_state(state: State, expected: Dict[str, tuple], path: str, kind: str) -> None:
    """Compare names and shapes with what the network of this kind has.

    Batch counters (``num_batches_tracked``) may be absent: older files have none.

    Raises:
        ValueError: Names the first missing, unexpected and misshapen keys, and how many there are.
    """
    faults = dict(
        missing=[k for k in expected if k not in state and not k.endswith('num_batches_tracked')],
        unexpected=[k for k in state if k not in expected],
        misshapen=[f'{k} {tuple(state[k].shape)} for {tuple(expected[k])}' for k in expected
                   if k in state and tuple(state[k].shape) != tuple(expected[k])])
    if any(faults.values()):
        parts = [f'{len(keys)} {name}: ' + ', '.join(keys[:4]) + (', ...' if len(keys) > 4 else '')
                 for name, keys in faults.items() if keys]
        raise ValueError(f'{path} is no {kind}: ' + '; '.join(parts))


def shapes_of(module: torch.nn.Module, prefix: str = '') -> Dict[str, tuple]:
    """Names and shapes of a module's state."""
    return {prefix + key: tuple(value.shape) for key, value in module.state_dict().items()}


def save_state_dict(state: State, path: str, **meta) -> None:
    """Write ``dict(state_dict=..., meta=...)``, to a temporary name first."""
    with whole_file(path) as temporary:
        torch.save(dict(state_dict={k: v.contiguous() for k, v in state.items()}, meta=meta), temporary)
