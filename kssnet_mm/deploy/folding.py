"""Folding constant lateral connections into the layers that read them: find, fold, prove."""
import copy
from typing import List, Optional, Sequence, Tuple

import torch
import torch.nn as nn

from kssnet_mm.models.attachment import feature_maps
from kssnet_mm.models.dry_run import dry_run, evaluating
from kssnet_mm.models.label_graph_backbone import LabelGraphBackbone

# Relative to the largest output; float64 rounding alone stays below 1e-12.
TOLERANCE = 1e-10


def can_mix(layer: nn.Module, channels: int) -> bool:
    """Whether W (I + M) of a layer with the weight W equals the layer after I + M.

    It does for a convolution of any kernel and stride that pads with zeros, because (I + M) 0 = 0. A grouped
    convolution cannot mix channels.
    """
    if isinstance(layer, (nn.Conv1d, nn.Conv2d, nn.Conv3d)):
        return layer.groups == 1 and layer.padding_mode == 'zeros' and layer.in_channels == channels
    return isinstance(layer, nn.Linear) and layer.in_features == channels


@torch.no_grad()
def fold_into(layer: nn.Module, matrix: torch.Tensor) -> None:
    """Replace W by W (I + M) in place, in float64: then layer(x) equals the old layer((I + M) x).

    Args:
        layer: A convolution or a linear layer that reads C channels.
        matrix: M, (C, C).

    Raises:
        ValueError: The layer cannot read a mixture of C channels.
    """
    if not can_mix(layer, len(matrix)):
        raise ValueError(f'{layer} cannot read a mixture of {len(matrix)} channels')
    weight = layer.weight.double()
    layer.weight.copy_(weight + torch.einsum('oi...,ij->oj...', weight, matrix.double()))


def readers(model: LabelGraphBackbone, stage: str, x: torch.Tensor) -> Optional[List[str]]:
    """Names of the layers that read the output of the connection after ``stage``; None if one of them cannot fold it.

    The readers are the modules without children that are called with this very tensor while the whole backbone runs
    on x.
    """
    given, names, handles = [], set(), []
    handles.append(model.backbone.get_submodule(stage).register_forward_hook(
        lambda module, inputs, output: given.append(feature_maps(output)[0])))

    def note(name: str):
        return lambda module, inputs: names.add(name) if given and inputs and inputs[0] is given[0] else None

    for name, module in model.backbone.named_modules():
        if not any(True for _ in module.children()):
            handles.append(module.register_forward_pre_hook(note(name)))
    try:
        outputs_of(model, x)
    finally:
        for handle in handles:
            handle.remove()
    channels = model.connection(stage).channels
    fit = all(can_mix(model.backbone.get_submodule(name), channels) for name in names)
    return sorted(names) if names and fit else None


def fold(model: LabelGraphBackbone, stage: str, names: Sequence[str]) -> None:
    """Put the connection after ``stage`` into the weights of the layers ``names``, in place."""
    for name in names:
        fold_into(model.backbone.get_submodule(name), model.connection(stage).whole_matrix())
    model.disconnect(stage)


@torch.no_grad()
def outputs_of(model: LabelGraphBackbone, x: torch.Tensor) -> Tuple[torch.Tensor, ...]:
    """What the backbone gives, without the embedding."""
    return feature_maps(model.backbone(x))


def equal(found: Sequence[torch.Tensor], expected: Sequence[torch.Tensor]) -> bool:
    """Whether float64 outputs agree to ``TOLERANCE`` of the largest value."""
    return all((a - b).abs().max() <= TOLERANCE * b.abs().max().clamp(min=1e-30) for a, b in zip(found, expected))


def fold_connections(model: LabelGraphBackbone) -> None:
    """Fold what can be folded of a deployed backbone's constant connections, in place.

    A connection is first folded in a float64 copy of the whole backbone. If the outputs stay the same, the layers that
    were found are all that read its output. If an identity path reads the output too, or the backbone returns it, the
    outputs differ, and the connection stays.
    """
    proof = copy.deepcopy(model).double().cpu()
    shape = dry_run(proof.backbone, proof.pathways).shape
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with evaluating(proof):
        expected = outputs_of(proof, x)
        for stage in model.stages:
            names = readers(proof, stage, x)
            if names is None:
                continue
            candidate = copy.deepcopy(proof)
            fold(candidate, stage, names)
            if equal(outputs_of(candidate, x), expected):
                fold(model, stage, names)
                proof = candidate
    model.deployed = {name: model.connection(name).settings() for name in model.stages}


@torch.no_grad()
def truncate_connections(model: LabelGraphBackbone, tolerance: float) -> None:
    """Give the connections that are left a smaller rank, in place; see ``ConstantConnection.truncated``."""
    for stage in model.stages:
        model.connect(stage, model.connection(stage).truncated(tolerance), None)
    model.deployed = {stage: model.connection(stage).settings() for stage in model.stages}
