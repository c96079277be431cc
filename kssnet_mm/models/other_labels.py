"""From the weights of a network of other labels to those that a network can start from."""
from dataclasses import dataclass, field
from typing import Dict, List, Sequence

import torch
import torch.nn as nn
from mmengine.runner import CheckpointLoader

from kssnet_mm.checkpoints import without_wrapper
from kssnet_mm.utils.io import listed

State = Dict[str, torch.Tensor]


@dataclass
class Fit:
    """What :func:`fit_labels` did, by names of the state dict.

    Attributes:
        graph: Buffers of the label graph, which the model keeps.
        matched: Parameters with an entry a label: those of labels that both networks know are taken over.
        new: Parameters of another shape, which the model keeps as they are initialised.
        taken: Everything else that is taken over.
    """
    graph: List[str] = field(default_factory=list)
    matched: List[str] = field(default_factory=list)
    new: List[str] = field(default_factory=list)
    taken: List[str] = field(default_factory=list)


BACKBONE = 'backbone.'


def move_backbone(model: nn.Module, state: State) -> int:
    """Rename the weights of a plain network's backbone to those inside a ``LabelGraphBackbone``, or the other way round.

    Args:
        model: The model that is about to load the weights.
        state: The weights, changed in place. Names that the model has stay.

    Returns:
        How many weights were renamed.
    """
    own, moved = model.state_dict(), 0
    for name in [name for name in state if name.startswith(BACKBONE) and name not in own]:
        for other in (BACKBONE + name, name[len(BACKBONE):]):
            if other.startswith(BACKBONE) and other in own and other not in state:
                state[other] = state.pop(name)
                moved += 1
                break
    return moved


def load_backbone(model: nn.Module, path: str) -> None:
    """Load the backbone of a checkpoint, plain or of a network with a label graph, and nothing else of it.

    Args:
        model: The model, with the backbone under ``backbone``.
        path: A file or an address.

    Raises:
        ValueError: It lacks weights of the backbone, or has them in another shape; names some.
    """
    checkpoint = CheckpointLoader.load_checkpoint(path, map_location='cpu', logger='silent')
    state = without_wrapper(checkpoint.get('state_dict', checkpoint))
    move_backbone(model, state)
    own = model.state_dict()
    fitting = {name: value for name, value in state.items() if name.startswith(BACKBONE) and name in own
               and value.shape == own[name].shape}
    lacking = [name for name, value in own.items() if name.startswith(BACKBONE) and name not in fitting
               and value.dim()]  # counters of batch norms, which are no arrays, may be left out
    if lacking:
        raise ValueError(f'{path} does not fit the backbone {type(model.backbone).__name__}: it lacks '
                         f'{listed(lacking, 4)}, or has another shape of it; its first names are {listed(list(state), 4)}')
    model.load_state_dict(fitting, strict=False)


def label_axes(model: nn.Module, num_labels: int) -> Dict[str, int]:
    """The axis along which a parameter has an entry a label.

    Modules of ours say so themselves, in ``label_axes``. In heads of other make these are the parameters whose first
    axis is as long as the number of labels.
    """
    axes = {}
    for name, parameter in model.named_parameters():
        if name.startswith(('head.', 'cls_head.')) and parameter.shape[:1] == (num_labels, ):
            axes[name] = 0
    for path, module in model.named_modules():
        for name, axis in getattr(module, 'label_axes', {}).items():
            axes[f'{path}.{name}'.lstrip('.')] = axis
    return axes


def pair_parameters(model: nn.Module) -> List[str]:
    """Names of the parameters (N, N) with an entry for each pair of labels; modules name theirs in ``label_pairs``."""
    own = model.state_dict()
    names = [f'{path}.{name}'.lstrip('.') for path, module in model.named_modules()
             for name in getattr(module, 'label_pairs', ())]
    return [name for name in names if name in own]


def graph_buffers(model: nn.Module) -> List[str]:
    """Names of the buffers that hold a label graph; modules name theirs in ``graph_buffers``."""
    return [f'{path}.{name}'.lstrip('.') for path, module in model.named_modules()
            for name in getattr(module, 'graph_buffers', ())]


def _matched(own: torch.Tensor, loaded: torch.Tensor, axis: int, here: torch.Tensor, there: torch.Tensor):
    values = own.clone()
    source = loaded.index_select(axis, there).to(values)
    return values.index_copy_(axis, here.to(values.device), source)


def _matched_pairs(own: torch.Tensor, loaded: torch.Tensor, here: torch.Tensor, there: torch.Tensor):
    values = own.clone()
    values[here[:, None], here] = loaded[there[:, None], there].to(values)
    return values


def fit_labels(model: nn.Module, state: State, loaded: Sequence[int], wanted: Sequence[int]) -> Fit:
    """Change the weights that are about to be loaded, in place, so that they fit a model of other labels.

    The model's label graph, embeddings and label order stay. Where a parameter has an entry a label, those of labels
    that both have are taken over, and the others stay as initialised. Parameters of another shape stay as well.

    Args:
        model: The model, initialised.
        state: The weights.
        loaded: Hashes of the labels' names (``label_keys``) in the order of the weights.
        wanted: Those in the order of the model.
    """
    own, fit = model.state_dict(), Fit()
    place = {key: position for position, key in enumerate(loaded)}
    here = [position for position, key in enumerate(wanted) if key in place]
    there = torch.tensor([place[wanted[position]] for position in here], dtype=torch.long)
    here, axes, graph = torch.tensor(here, dtype=torch.long), label_axes(model, len(wanted)), set(graph_buffers(model))
    pairs = set(pair_parameters(model))
    for name in own:
        if name not in state:
            continue
        given, axis = state[name], axes.get(name)
        if name in graph:
            state[name] = own[name]
            fit.graph.append(name)
        elif name in pairs and given.shape == (len(loaded), len(loaded)):
            state[name] = _matched_pairs(own[name], given, here, there)
            fit.matched.append(name)
        elif axis is not None and _same_but(axis, given, own[name], len(loaded)):
            state[name] = _matched(own[name], given, axis, here, there)
            fit.matched.append(name)
        elif given.shape != own[name].shape or axis is not None:
            state[name] = own[name]
            fit.new.append(name)
        else:
            fit.taken.append(name)
    return fit


def _same_but(axis: int, given: torch.Tensor, own: torch.Tensor, num_loaded: int) -> bool:
    """Whether the weights have the model's shape but for the number of labels."""
    rest = [n for i, n in enumerate(own.shape) if i != axis]
    return given.dim() == own.dim() and given.shape[axis] == num_loaded and rest == [
        n for i, n in enumerate(given.shape) if i != axis]
