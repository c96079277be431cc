"""Inception-I3D, the video backbone of the KSSNet paper."""
from typing import Optional, Sequence, Tuple, Union

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch.utils.checkpoint import checkpoint

from kssnet_mm.registry import MODELS

from .same_padding import SameConv3d, SameMaxPool3d

# Branch widths (b0, b1a, b1b, b2a, b2b, b3b) of Inception-v1 (Szegedy et al. 2015, table 1).
MIXED = dict(
    Mixed_3b=(64, 96, 128, 16, 32, 32),
    Mixed_3c=(128, 128, 192, 32, 96, 64),
    Mixed_4b=(192, 96, 208, 16, 48, 64),
    Mixed_4c=(160, 112, 224, 24, 64, 64),
    Mixed_4d=(128, 128, 256, 24, 64, 64),
    Mixed_4e=(112, 144, 288, 32, 64, 64),
    Mixed_4f=(256, 160, 320, 32, 128, 128),
    Mixed_5b=(256, 160, 320, 32, 128, 128),
    Mixed_5c=(384, 192, 384, 48, 128, 128),
)
# The stages by resolution; the last stage of each level can be an output.
LEVELS = (
    ('Conv3d_1a_7x7', ),
    ('MaxPool3d_2a_3x3', 'Conv3d_2b_1x1', 'Conv3d_2c_3x3'),
    ('MaxPool3d_3a_3x3', 'Mixed_3b', 'Mixed_3c'),
    ('MaxPool3d_4a_3x3', 'Mixed_4b', 'Mixed_4c', 'Mixed_4d', 'Mixed_4e', 'Mixed_4f'),
    ('MaxPool3d_5a_2x2', 'Mixed_5b', 'Mixed_5c'),
)


class Unit3D(nn.Module):
    """Convolution, batch norm, ReLU, with the child names of pytorch-i3d (conv3d, bn)."""

    def __init__(self, in_channels: int, out_channels: int, kernel: Sequence[int] = (1, 1, 1),
                 stride: Sequence[int] = (1, 1, 1)) -> None:
        super().__init__()
        self.conv3d = SameConv3d(in_channels, out_channels, tuple(kernel), tuple(stride), bias=False)
        # eps and momentum of I3D's TensorFlow code
        self.bn = nn.BatchNorm3d(out_channels, eps=1e-3, momentum=0.01)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.bn(self.conv3d(x)), inplace=True)


class InceptionModule(nn.Module):
    """The four branches of an inception block, inflated: 1x1x1, two of 3x3x3, and a pool's."""

    def __init__(self, in_channels: int, widths: Sequence[int]) -> None:
        super().__init__()
        b0, b1a, b1b, b2a, b2b, b3b = widths
        self.b0 = Unit3D(in_channels, b0)
        self.b1a = Unit3D(in_channels, b1a)
        self.b1b = Unit3D(b1a, b1b, (3, 3, 3))
        self.b2a = Unit3D(in_channels, b2a)
        self.b2b = Unit3D(b2a, b2b, (3, 3, 3))
        self.b3a = SameMaxPool3d((3, 3, 3), (1, 1, 1))
        self.b3b = Unit3D(in_channels, b3b)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([
            self.b0(x), self.b1b(self.b1a(x)), self.b2b(self.b2a(x)), self.b3b(self.b3a(x))
        ], dim=1)


@MODELS.register_module()
class InceptionI3D(BaseModule):
    """Inflated Inception-v1 (Carreira and Zisserman, CVPR 2017) up to Mixed_5c.

    Weights in pytorch-i3d's form load by name. The paper's lateral connections follow Conv3d_2c_3x3, Mixed_3c
    and Mixed_4f, before the pools.

    Args:
        in_channels: Channels of the input.
        out_indices: Which of the five levels of resolution are returned: ends of Conv3d_1a_7x7,
            Conv3d_2c_3x3, Mixed_3c, Mixed_4f, Mixed_5c (64, 192, 480, 832, 1024 channels; temporal
            strides 2, 2, 2, 4, 8, spatial strides 2, 4, 8, 16, 32).
        frozen_stages: Levels 1..n are fixed in training, -1 or 0 none.
        norm_eval: Keep all batch norms at their running statistics in training.
        with_cp: Recompute the inception blocks in the backward pass to save memory.
        init_cfg: As in mmengine.
    """

    def __init__(self,
                 in_channels: int = 3,
                 out_indices: Sequence[int] = (4, ),
                 frozen_stages: int = -1,
                 norm_eval: bool = False,
                 with_cp: bool = False,
                 init_cfg: Optional[Union[dict, list]] = None) -> None:
        super().__init__(init_cfg or [
            dict(type='Kaiming', layer='Conv3d'),
            dict(type='Constant', layer='BatchNorm3d', val=1)
        ])
        if not out_indices or not all(0 <= i < len(LEVELS) for i in out_indices):
            raise ValueError(f'out_indices must lie in 0..{len(LEVELS) - 1}, got {tuple(out_indices)}')
        if not -1 <= frozen_stages <= len(LEVELS):
            raise ValueError(f'frozen_stages must lie in -1..{len(LEVELS)}, got {frozen_stages}')
        self.out_indices, self.frozen_stages = tuple(out_indices), frozen_stages
        self.norm_eval, self.with_cp = norm_eval, with_cp
        self.stage_names = tuple(name for level in LEVELS for name in level)
        self.output_stages = tuple(LEVELS[i][-1] for i in sorted(self.out_indices))
        self.Conv3d_1a_7x7 = Unit3D(in_channels, 64, (7, 7, 7), (2, 2, 2))
        self.MaxPool3d_2a_3x3 = SameMaxPool3d((1, 3, 3), (1, 2, 2))
        self.Conv3d_2b_1x1 = Unit3D(64, 64)
        self.Conv3d_2c_3x3 = Unit3D(64, 192, (3, 3, 3))
        self.MaxPool3d_3a_3x3 = SameMaxPool3d((1, 3, 3), (1, 2, 2))
        self.MaxPool3d_4a_3x3 = SameMaxPool3d((3, 3, 3), (2, 2, 2))
        self.MaxPool3d_5a_2x2 = SameMaxPool3d((2, 2, 2), (2, 2, 2))
        channels = 64
        for name in self.stage_names:
            if name in MIXED:
                setattr(self, name, InceptionModule(channels, MIXED[name]))
                b0, _, b1b, _, b2b, b3b = MIXED[name]
                channels = b0 + b1b + b2b + b3b
            elif name == 'Conv3d_2c_3x3':
                channels = 192
        self._freeze()

    def _freeze(self) -> None:
        for level in LEVELS[:max(self.frozen_stages, 0)]:
            for name in level:
                stage = getattr(self, name)
                stage.eval()
                stage.requires_grad_(False)

    def train(self, mode: bool = True) -> 'InceptionI3D':
        """Training mode, except for the frozen stages."""
        super().train(mode)
        if mode:
            self._freeze()
            if self.norm_eval:
                for module in self.modules():
                    if isinstance(module, nn.BatchNorm3d):
                        module.eval()
        return self

    def forward(self, x: torch.Tensor) -> Union[torch.Tensor, Tuple[torch.Tensor, ...]]:
        """(B, 3, T, H, W) -> the feature map of one output, or a tuple of several."""
        outputs = []
        for name in self.stage_names:
            stage = getattr(self, name)
            if self.with_cp and self.training and torch.is_grad_enabled() and name in MIXED:
                x = checkpoint(stage, x, use_reentrant=False)
            else:
                x = stage(x)
            if name in self.output_stages:
                outputs.append(x)
                if len(outputs) == len(self.output_stages):
                    break
        return outputs[0] if len(outputs) == 1 else tuple(outputs)
