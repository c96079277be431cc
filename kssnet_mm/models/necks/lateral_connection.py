"""The lateral connection (LC) between label embeddings and CNN features."""
from functools import partial
from typing import Optional, Tuple

import torch
import torch.nn as nn
from mmengine.model import BaseModule
from torch.utils.checkpoint import checkpoint

from kssnet_mm.models.folding import fold_weight
from kssnet_mm.registry import MODELS

from .channel_mixing import add_mixed, apply_matrix, without_autocast
from .position_map import PositionMap


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

    def _factors(self, embedding: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
        """W_g and tanh(E) in one type, the parameter's, which under autocast E is not of."""
        return self.weight, torch.tanh(embedding).to(self.weight)

    def matrix(self, embedding: torch.Tensor) -> torch.Tensor:
        """M = W_g tanh(E), (C, C), with which y = (I + M) x."""
        up, down = self._factors(embedding)
        with without_autocast(up.device):
            return up @ down

    def fold(self, weight: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        """W (I + M), which a convolution of weight W (O, C, ...) takes to read x where it read y."""
        up, down = self._factors(embedding)
        with without_autocast(up.device):
            return fold_weight(weight, up.to(weight), down.to(weight))

    def position_map(self, embedding: torch.Tensor, overwrite: bool = False) -> PositionMap:
        """What the connection does at every position with this embedding (N, C)."""
        if self.fused:
            connect = partial(apply_matrix, matrix=self.matrix(embedding))
        else:
            up, down = self._factors(embedding)
            connect = partial(add_mixed, down=down, up=up, overwrite=overwrite)
        return partial(checkpoint, connect, use_reentrant=False) if self._recomputes() else connect

    def _recomputes(self) -> bool:
        return self.with_cp and self.training and torch.is_grad_enabled()

    def _connect(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        # not through position_map: torch 2.1 cannot compile a partial
        if self.fused:
            return apply_matrix(x, self.matrix(embedding))
        up, down = self._factors(embedding)
        return add_mixed(x, down, up)

    def forward(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        """x (B, C, [T,] H, W), embedding (N, C) -> (B, C, [T,] H, W), of x's type."""
        if self._recomputes():
            return checkpoint(self._connect, x, embedding, use_reentrant=False)
        return self._connect(x, embedding)

    def extra_repr(self) -> str:
        return (f'num_classes={self.num_classes}, channels={self.channels}, '
                f"form={'fused' if self.fused else 'pair'}")
