"""The lateral connection (LC) between label embeddings and CNN features."""
from typing import Optional

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch.utils.checkpoint import checkpoint

from kssnet_mm.registry import MODELS


def mix_channels(x: torch.Tensor, weight: torch.Tensor, axis: int = 1) -> torch.Tensor:
    """A convolution of kernel 1 without bias: ``weight`` times the channels of every position.

    Args:
        x: A feature map whose axis ``axis`` holds C channels.
        weight: (C', C).
        axis: Of the channels.

    Returns:
        The feature map with C' channels on that axis, in x's memory layout.
    """
    rows = x.movedim(axis, -1)
    if axis != 1 or rows.is_contiguous():  # the channels lie side by side in memory
        return F.linear(rows, weight).movedim(-1, axis)
    # F.linear would copy x here. shape[0] and not len() keeps the batch free in an export.
    mixed = torch.bmm(weight.expand(x.shape[0], *weight.shape), x.flatten(2))
    return mixed.view(x.shape[0], weight.shape[0], *x.shape[2:])


@MODELS.register_module()
class LateralConnection(BaseModule):
    r"""y = x + g(x . tanh(E)^T), eq. 7 of the KSSNet paper (AAAI-20).

    x is a feature map of C channels: an image's (B, C, H, W), a video's (B, C, T, H, W), tokens (B, L, C) or
    maps whose channels come last. E (N, C) is the GCN's output before its LeakyReLU. g is a convolution of
    kernel 1 from N to C channels without bias, W_g. As g is linear, y = (I + M) x with M = W_g tanh(E).

    Args:
        num_classes: Number of labels, N.
        channels: Channels of x, C. A ``LabelGraphBackbone`` fills it in.
        form: 'pair' computes two products of 2NC operations a position, 'fused' one of C^2. 'auto' takes the
            cheaper one: fused if C < 2N.
        zero_init: Start from W_g = 0, so that a pretrained backbone starts as itself. False is PyTorch's
            initialisation of a convolution, as in the released code; the paper does not say.
        with_cp: Compute the connection again in the backward pass to save memory.
        channel_axis: The axis of x that holds the channels. A ``LabelGraphBackbone`` fills it in.
        init_cfg: As in mmengine.

    Raises:
        ValueError: ``form`` is none of the three.
    """

    label_axes = dict(weight=1)

    def __init__(self,
                 num_classes: int,
                 channels: int,
                 form: str = 'auto',
                 zero_init: bool = True,
                 with_cp: bool = False,
                 channel_axis: int = 1,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if form not in ('auto', 'pair', 'fused'):
            raise ValueError(f"form must be 'auto', 'pair' or 'fused', got {form!r}")
        self.num_classes, self.channels, self.channel_axis = num_classes, channels, channel_axis
        self.fused = form == 'fused' or (form == 'auto' and channels < 2 * num_classes)
        self.zero_init, self.with_cp = zero_init, with_cp
        self.weight = nn.Parameter(torch.empty(channels, num_classes))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Zero, or U(-1/sqrt(N), 1/sqrt(N)) as PyTorch does for a convolution of fan-in N."""
        if self.zero_init:
            nn.init.zeros_(self.weight)
        else:
            nn.init.kaiming_uniform_(self.weight, a=5**0.5)

    def init_weights(self) -> None:
        """As :meth:`reset_parameters`; ``init_cfg`` comes after it."""
        self.reset_parameters()
        super().init_weights()

    def matrix(self, embedding: torch.Tensor) -> torch.Tensor:
        """M = W_g tanh(E), (C, C), with which y = (I + M) x."""
        return self.weight @ torch.tanh(embedding)

    def connect(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        """Equation 7."""
        if self.fused:
            return x + mix_channels(x, self.matrix(embedding), self.channel_axis)
        related = mix_channels(x, torch.tanh(embedding), self.channel_axis)
        return x + mix_channels(related, self.weight, self.channel_axis)

    def forward(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        """x (B, C, [T,] H, W) or with channels on ``channel_axis``, embedding (N, C) -> the shape of x."""
        if self.with_cp and self.training and torch.is_grad_enabled():
            return checkpoint(self.connect, x, embedding, use_reentrant=False)
        return self.connect(x, embedding)

    def extra_repr(self) -> str:
        return (f'num_classes={self.num_classes}, channels={self.channels}, '
                f"form={'fused' if self.fused else 'pair'}, channel_axis={self.channel_axis}")
