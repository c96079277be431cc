"""One layer of the graph convolution network."""
from typing import Optional

import torch
import torch.nn as nn


class GraphConvolution(nn.Module):
    """A' E W (+ b): one layer of eq. 6 without its activation.

    Args:
        in_channels: C(l).
        out_channels: C(l+1).
        rank: None for one full W (the paper); an int m for W = W1 W2 with W1 (in x m) and W2
            (m x out) (the released code).
        bias: Add b (out,) after the adjacency product (the released code).
        weight_init: 'kaiming' or 'uniform', see :class:`LabelGCN`.
    """

    def __init__(self, in_channels: int, out_channels: int, rank: Optional[int], bias: bool,
                 weight_init: str = 'kaiming'):
        super().__init__()
        self.rank = rank
        self.weight_init = weight_init
        if rank is None:
            self.weight = nn.Parameter(torch.empty(in_channels, out_channels))
        else:
            self.weight1 = nn.Parameter(torch.empty(in_channels, rank))
            self.weight2 = nn.Parameter(torch.empty(rank, out_channels))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new initial weights; biases start at 0."""
        for name, parameter in self.named_parameters():
            if name == 'bias':
                nn.init.zeros_(parameter)
            elif self.weight_init == 'uniform':
                bound = parameter.shape[1]**-0.5
                nn.init.uniform_(parameter, -bound, bound)
            else:
                nn.init.normal_(parameter, std=(2.0 / parameter.shape[0])**0.5)

    @property
    def last_weight(self) -> nn.Parameter:
        """W, or W2 of W = W1 W2."""
        return self.weight if self.rank is None else self.weight2

    def forward(self, embedding: torch.Tensor, adjacency: torch.Tensor) -> torch.Tensor:
        """(N, C(l)), (N, N) -> (N, C(l+1))."""
        if self.rank is None:
            hidden = embedding @ self.weight
        else:
            hidden = embedding @ self.weight1 @ self.weight2
        hidden = adjacency @ hidden
        return hidden if self.bias is None else hidden + self.bias
