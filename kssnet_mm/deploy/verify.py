"""Measuring how far a deployed model's logits are from the trained one's."""
import copy
from typing import Tuple

import torch
import torch.nn as nn

from kssnet_mm.models.dry_run import dry_run

from .switch import logits

# float64: relative to the largest logit; float32: absolute.
DOUBLE_TOLERANCE, FLOAT_TOLERANCE = 1e-10, 1e-4


class DeployError(RuntimeError):
    """A deployed model gives other logits than the one it was made from."""


def random_input(model: nn.Module, seed: int = 0) -> torch.Tensor:
    """Small random input of the network."""
    return torch.randn(dry_run(model.backbone).largest, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def differences(trained: nn.Module, deployed: nn.Module) -> Tuple[float, float]:
    """(relative difference in float64, difference in float32) of the logits.

    The second one is absolute where no logit exceeds 1, else relative to the largest: the rounding errors of a deep
    network in float32 grow with its logits.

    The float64 copies have the values of the weights. If ``deployed`` was folded in float32, the first difference
    therefore contains the rounding of the folded weights.
    """
    x = random_input(trained)
    wide = [logits(copy.deepcopy(m).double().eval(), x.double()) for m in (trained, deployed)]
    narrow = [logits(copy.deepcopy(m).float().eval(), x) for m in (trained, deployed)]
    scale = wide[0].abs().max().clamp(min=1e-30)
    single = (narrow[0] - narrow[1]).abs().max() / max(scale.item(), 1.0)
    return ((wide[0] - wide[1]).abs().max() / scale).item(), single.item()


def check_equal(trained: nn.Module, deployed: nn.Module) -> Tuple[float, float]:
    """The two differences.

    Args:
        trained: The model as trained, in float32.
        deployed: Its inference form in float64.

    Raises:
        DeployError: They exceed 1e-10 relative in float64 or 1e-4 in float32; states both.
    """
    double, single = differences(trained, deployed)
    # not (a <= b) also refuses NaN
    if not (double <= DOUBLE_TOLERANCE and single <= FLOAT_TOLERANCE):
        raise DeployError(f'the deployed model gives other logits: {double:.3g} of the largest in float64 '
                          f'(allowed {DOUBLE_TOLERANCE:g}), {single:.3g} in float32 (allowed '
                          f'{FLOAT_TOLERANCE:g})')
    return double, single
