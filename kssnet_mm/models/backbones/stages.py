"""How to run an unmodified backbone stage by stage.

A backbone takes part by three functions, chosen by its class: the names of its stages in order, how
to run one of them, and which stages' outputs it returns. To support another class, register the
three for it: ``@stage_names.register(MyBackbone)`` and so on.
"""
from functools import singledispatch
from typing import Tuple

import torch
import torch.nn as nn
from mmaction.models.backbones import ResNet3d
from mmpretrain.models.backbones import MobileNetV2, ResNet


@singledispatch
def stage_names(backbone: nn.Module) -> Tuple[str, ...]:
    """Names of all stages in the order in which they run; their chain is the backbone's forward."""
    if hasattr(backbone, 'stage_names'):  # our own backbones state theirs
        return tuple(backbone.stage_names)
    raise TypeError(f'{type(backbone).__name__} cannot be run stage by stage: register it with '
                    'kssnet_mm.models.backbones.stages (stage_names, run_stage, output_stages)')


@singledispatch
def run_stage(backbone: nn.Module, name: str, x: torch.Tensor) -> torch.Tensor:
    """Run the stage ``name`` on the output of the one before."""
    if hasattr(backbone, 'run_stage'):
        return backbone.run_stage(name, x)
    return getattr(backbone, name)(x)


def runs_plainly(backbone: nn.Module) -> bool:
    """Whether every stage but the stem is run by calling the module of its name and nothing else.

    Of functions registered elsewhere nothing is known.
    """
    run = run_stage.dispatch(type(backbone))
    if run is run_stage.dispatch(object):
        return not hasattr(backbone, 'run_stage')
    return run in (_run_resnet_stage, _run_resnet3d_stage)


@singledispatch
def output_stages(backbone: nn.Module) -> Tuple[str, ...]:
    """Names of the stages whose outputs the backbone returns, by its ``out_indices``."""
    if hasattr(backbone, 'output_stages'):
        return tuple(backbone.output_stages)
    return (stage_names(backbone)[-1], )


@stage_names.register
def _(backbone: ResNet) -> Tuple[str, ...]:
    return ('stem', *backbone.res_layers)


@run_stage.register
def _run_resnet_stage(backbone: ResNet, name: str, x: torch.Tensor) -> torch.Tensor:
    if name != 'stem':
        return getattr(backbone, name)(x)
    if backbone.deep_stem:
        return backbone.maxpool(backbone.stem(x))
    return backbone.maxpool(backbone.relu(backbone.norm1(backbone.conv1(x))))


@output_stages.register(ResNet)
@output_stages.register(ResNet3d)
def _resnet_outputs(backbone: nn.Module) -> Tuple[str, ...]:
    return tuple(name for i, name in enumerate(backbone.res_layers) if i in backbone.out_indices)


@stage_names.register
def _(backbone: MobileNetV2) -> Tuple[str, ...]:
    return ('conv1', *backbone.layers)


@output_stages.register
def _(backbone: MobileNetV2) -> Tuple[str, ...]:
    return tuple(name for i, name in enumerate(backbone.layers) if i in backbone.out_indices)


@stage_names.register
def _(backbone: ResNet3d) -> Tuple[str, ...]:
    first, *others = backbone.res_layers
    return ('stem', first, *(('pool2', ) if backbone.with_pool2 else ()), *others)


@run_stage.register
def _run_resnet3d_stage(backbone: ResNet3d, name: str, x: torch.Tensor) -> torch.Tensor:
    if name != 'stem':
        return getattr(backbone, name)(x)
    x = backbone.conv1(x)
    return backbone.maxpool(x) if backbone.with_pool1 else x


def stage_channels(backbone: nn.Module, name: str) -> int:
    """Channels of a stage's output: those of the last convolution or norm in it.

    A pool passes on the channels of the stage before; a backbone whose stages end in a
    concatenation states its ``stage_channels`` itself.
    """
    known = getattr(backbone, 'stage_channels', None)
    if known is not None:
        return known[name]
    names = stage_names(backbone)
    for stage in reversed(names[:names.index(name) + 1]):
        module = getattr(backbone, stage, None) if stage != 'stem' else _stem_module(backbone)
        convs = [m for m in module.modules() if isinstance(m, (nn.Conv2d, nn.Conv3d))]
        if convs:
            return convs[-1].out_channels
    raise ValueError(f'{type(backbone).__name__}: no convolution at or before stage {name!r}')


def _stem_module(backbone: nn.Module) -> nn.Module:
    return backbone.stem if getattr(backbone, 'deep_stem', False) else backbone.conv1
