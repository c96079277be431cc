"""Folding a lateral connection into the convolutions that read it."""
import copy
from typing import List, Optional, Union

import torch
import torch.nn as nn

# Relative to the largest output; float64 rounding alone stays below 1e-12.
TOLERANCE = 1e-10


def fold_weight(weight: torch.Tensor, *factors: torch.Tensor) -> torch.Tensor:
    """W (I + M) of a convolution's W (O, C, ...) and the factors of M, (C, n) ... (m, C)."""
    product = weight
    for factor in factors:
        product = torch.einsum('oi...,ij->oj...', product, factor)
    return weight + product


@torch.no_grad()
def fold_into_convolution(conv: Union[nn.Conv2d, nn.Conv3d], matrix: torch.Tensor) -> None:
    """Replace W by W (I + M) in place, so that conv(x) equals the old conv((I + M) x).

    Exact for any kernel, stride and zero padding, as (I + M) 0 = 0. Computed in float64.

    Args:
        conv: The convolution, with C input channels.
        matrix: M, (C, C), of ``LateralConnection.matrix``.

    Raises:
        ValueError: ``conv`` is grouped, which cannot mix channels, pads with other values than zeros,
            or M is not (C, C).
    """
    if conv.groups != 1:
        raise ValueError(f'a convolution of groups={conv.groups} cannot take up a channel mixture')
    if conv.padding_mode != 'zeros':
        raise ValueError(f'a convolution of padding_mode={conv.padding_mode!r} cannot take up M exactly')
    if tuple(matrix.shape) != (conv.in_channels, ) * 2:
        raise ValueError(f'M is {tuple(matrix.shape)}, the convolution reads {conv.in_channels} '
                         'channels')
    conv.weight.copy_(fold_weight(conv.weight.double(), matrix.double()))


def readers(stage: nn.Module, x: torch.Tensor) -> List[str]:
    """Names of the leaf modules that are called with ``x`` itself while ``stage`` runs on it."""
    names, handles = [], []
    for name, module in stage.named_modules():
        if not any(True for _ in module.children()):
            handles.append(module.register_forward_pre_hook(
                lambda _, inputs, name=name: names.append(name) if inputs[0] is x else None))
    try:
        with torch.no_grad():
            stage(x)
    finally:
        for handle in handles:
            handle.remove()
    return names


def foldable(stage: nn.Module, matrix: torch.Tensor, dims: int) -> Optional[List[str]]:
    """The convolutions of ``stage`` that take up M exactly, or None where there is another reader.

    Found by structure (every module that is called with the stage's input has to be a convolution
    that can mix channels) and proven by numbers: a float64 copy with M folded in has to give on x
    what the original gives on (I + M) x, which fails where an identity path reads the input too.

    Args:
        stage: The module that reads the connection's output.
        matrix: M, (C, C).
        dims: 2 or 3, spatial and temporal axes of its input.
    """
    original = copy.deepcopy(stage).double()
    original.train(False)
    matrix = matrix.detach().double().cpu()
    original = original.cpu()
    generator = torch.Generator().manual_seed(0)
    # 9 is odd, and wide enough for two strides
    x = torch.randn(2, matrix.shape[0], *(9, ) * dims, generator=generator, dtype=torch.float64)
    names = readers(original, x)
    modules = dict(original.named_modules())
    kind = nn.Conv2d if dims == 2 else nn.Conv3d
    if not names or any(not isinstance(modules[name], kind) or modules[name].groups != 1 or
                        modules[name].padding_mode != 'zeros' for name in names):
        return None
    folded = copy.deepcopy(original)
    for name in names:
        fold_into_convolution(folded.get_submodule(name), matrix)
    with torch.no_grad():
        expected = original(x + torch.einsum('ij,bj...->bi...', matrix, x))
        error = (folded(x) - expected).abs().max() / expected.abs().max().clamp(min=1e-30)
    return names if error < TOLERANCE else None
