"""The lateral connection (LC) between label embeddings and CNN features."""
from typing import Optional

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch.utils.checkpoint import checkpoint

from kssnet_mm.registry import MODELS


def mix_rows(rows: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """weight (C_out, C_in) times every rows (B, C_in, P) -> (B, C_out, P).

    As a batched product: torch.matmul would copy the rows to make one large product of them. shape[0],
    not len(), keeps the batch dynamic in an export.
    """
    return torch.bmm(weight.expand(rows.shape[0], *weight.shape), rows)


def conv1x1(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """A 1x1(x1) convolution: x (B, C_in, ...) in 2D or 3D, weight (C_out, C_in).

    On rows of positions that lie together it is one matrix product, which spares a convolution's
    reordering of them; other layouts (channels last) keep theirs through a convolution.
    """
    weight = weight.to(x.dtype)
    if x.is_contiguous():
        return mix_rows(x.flatten(2), weight).view(x.shape[0], weight.shape[0], *x.shape[2:])
    weight = weight.reshape(weight.shape + (1, ) * (x.dim() - 2))
    return F.conv2d(x, weight) if x.dim() == 4 else F.conv3d(x, weight)


def add_mixed(x: torch.Tensor, down: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """x + up (down x) at every position: x (B, C, ...), down (r, C), up (C, r)."""
    if not x.is_contiguous():
        return x + conv1x1(conv1x1(x, down), up)
    rows = x.flatten(2)
    hidden, up = mix_rows(rows, down.to(x.dtype)), up.to(x.dtype)
    # the sum is part of the product: x is read once more, not written twice
    return torch.baddbmm(rows, up.expand(x.shape[0], *up.shape), hidden).view(x.shape)


@MODELS.register_module()
class LateralConnection(BaseModule):
    r"""y = x + g(x . tanh(E)^T), eq. 7 of the KSSNet paper (AAAI-20), in 2D and 3D alike.

    x is (B, C, H, W) or (B, C, T, H, W); E (N, C) is the GCN's output before its LeakyReLU; g is a
    convolution of kernel 1 from N to C channels without bias. As g is linear,
    y = (I + W_g tanh(E)) x, which gives two ways to compute the same: two convolutions of 2NC
    operations a position, or one of C^2.

    Args:
        num_classes: N.
        channels: C.
        form: 'pair' (two convolutions), 'fused' (one) or 'auto', the cheaper: fused if C < 2N.
        zero_init: Start from W_g = 0, so that a pretrained backbone starts as itself. False is
            PyTorch's initialisation of a convolution, as in the released code; the paper does not
            say.
        with_cp: Recompute the connection in the backward pass to save memory.
        init_cfg: As in mmengine.
    """

    def __init__(self,
                 num_classes: int,
                 channels: int,
                 form: str = 'auto',
                 zero_init: bool = True,
                 with_cp: bool = False,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if form not in ('auto', 'pair', 'fused'):
            raise ValueError(f"form must be 'auto', 'pair' or 'fused', got {form!r}")
        self.num_classes = num_classes
        self.channels = channels
        self.fused = form == 'fused' or (form == 'auto' and channels < 2 * num_classes)
        self.zero_init = zero_init
        self.with_cp = with_cp
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

    def _connect(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        if self.fused:
            return x + conv1x1(x, self.matrix(embedding))
        return add_mixed(x, torch.tanh(embedding), self.weight)

    def forward(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        """x (B, C, [T,] H, W), embedding (N, C) -> (B, C, [T,] H, W)."""
        if self.with_cp and self.training and torch.is_grad_enabled():
            return checkpoint(self._connect, x, embedding, use_reentrant=False)
        return self._connect(x, embedding)

    def extra_repr(self) -> str:
        return (f'num_classes={self.num_classes}, channels={self.channels}, '
                f"form={'fused' if self.fused else 'pair'}")
