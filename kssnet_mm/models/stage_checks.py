"""Checking that lateral connections can follow the modules that a config names."""
from typing import Sequence

import torch
import torch.nn as nn

from kssnet_mm.utils.io import listed

from .attachment import feature_maps
from .dry_run import DryRun, evaluating

MOST_NAMES = 12


@torch.no_grad()
def has_effect(backbone: nn.Module, stage: str, shape: Sequence[int]) -> bool:
    """Whether the backbone's outputs depend on a stage; they do not if it comes after the last ``out_indices``."""
    first, generator = next(backbone.parameters()), torch.Generator().manual_seed(0)

    def disturb(module, inputs, output):
        x = feature_maps(output)[0]
        noisy = x + torch.randn(x.shape, generator=generator).to(x)
        return noisy if isinstance(output, torch.Tensor) else type(output)((noisy, *output[1:]))

    found = []
    with evaluating(backbone):
        for hook in (disturb, None):
            handle = backbone.get_submodule(stage).register_forward_hook(hook) if hook else None
            try:
                found.append(feature_maps(backbone(torch.ones(shape, dtype=first.dtype, device=first.device))))
            finally:
                if handle is not None:
                    handle.remove()
    return not all(torch.equal(a, b) for a, b in zip(*found))


def suggestions(backbone: nn.Module, run: DryRun) -> str:
    """Names that make sense as stages: modules with children, at most two levels deep."""
    names = [name for name in run.maps
             if name.count('.') <= 1 and any(True for _ in backbone.get_submodule(name).children())]
    return listed(sorted(names, key=lambda name: (name.count('.'), list(run.maps).index(name))), MOST_NAMES)


def check_stages(backbone: nn.Module, stages: Sequence[str], run: DryRun) -> None:
    """Check that a lateral connection can follow each named module.

    Raises:
        ValueError: A name is unknown or given twice; or its module is never called, is called more than once,
            gives no feature map, or reaches no output. Lists names to choose from.
    """
    kind, known = type(backbone).__name__, dict(backbone.named_modules())
    for name in stages:
        if name not in known:
            fault = f'{kind} has no module {name!r}'
        elif list(stages).count(name) > 1:
            fault = f'the module {name!r} is named twice in stages={list(stages)}'
        elif name not in run.calls:
            fault = f'{kind} never calls its module {name!r} as such'
        elif run.calls[name] > 1:
            fault = f'{kind} calls its module {name!r} {run.calls[name]} times in one forward pass'
        elif name not in run.maps:
            fault = f'the module {name!r} of {kind} gives no feature map'
        elif not has_effect(backbone, name, run.shape):
            fault = f'no output of {kind} depends on its module {name!r} (see its out_indices)'
        else:
            continue
        raise ValueError(f'{fault}, so that no lateral connection can follow it; choose stages from '
                         f'{suggestions(backbone, run)}')


def check_channels(kind: str, stages: Sequence[str], given: Sequence[int], run: DryRun) -> None:
    """Check that the layers of a GCN have the channels of the stages and of the backbone's last output.

    Args:
        kind: Class of the backbone, for messages.
        stages: Names that :func:`check_stages` accepts.
        given: ``out_channels`` of the GCN.
        run: The backbone's dry run.

    Raises:
        ValueError: They have others; the message says what fits.
    """
    channels = [run.maps[name].channels for name in stages]
    fits = f'set out_channels={(*channels, run.last)}, or leave it out'
    if len(stages) > len(given):
        raise ValueError(f'{len(stages)} stages {list(stages)} need as many GCN layers, but '
                         f'out_channels={tuple(given)}: {fits}')
    for name, found, asked in zip(stages, channels, given):
        if found != asked:
            raise ValueError(f'stage {name!r} of {kind} has {found} channels, but its GCN layer gives {asked}: {fits}')
    if given[-1] != run.last:
        raise ValueError(f'the last output of {kind} has {run.last} channels, but the last GCN layer gives '
                         f'{given[-1]}: {fits}')
