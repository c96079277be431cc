"""The graph convolution network that turns label vectors into label embeddings."""
import hashlib
from typing import List, Optional, Sequence, Union

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.logging import print_log
from mmengine.model import BaseModule

from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.shared import graph_of
from kssnet_mm.graphs.superimpose import normalize_symmetric
from kssnet_mm.registry import MODELS
from kssnet_mm.utils.labels import canonical_label

from .graph_convolution import GraphConvolution


def label_keys(labels: Sequence[str]) -> torch.Tensor:
    """int64 (N,): a hash of each label's name; a checkpoint keeps the label order in it."""
    digests = (hashlib.sha256(canonical_label(name).encode()).digest()[:8] for name in labels)
    return torch.tensor([int.from_bytes(d, 'big', signed=True) for d in digests])


def normalize_mlgcn(adjacency: np.ndarray) -> np.ndarray:
    """ML-GCN's released ``gen_adj``: D A^T D with D = diag(row sums)^-1/2; not symmetric."""
    degree = np.asarray(adjacency, dtype=np.float64).sum(axis=1)
    scale = np.where(degree > 0, np.where(degree > 0, degree, 1.0)**-0.5, 0.0)
    return scale[:, None] * np.asarray(adjacency, dtype=np.float64).T * scale[None, :]


NORMALIZATIONS = dict(symmetric=normalize_symmetric, mlgcn=normalize_mlgcn, none=lambda a: a)


@MODELS.register_module()
class LabelGCN(BaseModule):
    """E(l+1) = LeakyReLU(A'_KS E(l) W(l)), eq. 6 of the KSSNet paper (AAAI-20).

    A'_KS and E(0) are buffers: :meth:`init_weights` fills them from the label graph as if they were
    pretrained weights, checkpoints carry them, and testing needs no annotation or vector file.

    Args:
        num_classes: Number of labels, N.
        in_channels: Size of E(0)'s vectors.
        out_channels: Channels of each layer's output; one layer per entry. Leave out the first one
            or two for the paper's 3- and 2-layer variants.
        rank: None: full weights (paper). 'released': m = max(32, (in + out) // 8) in each layer. An
            int: that m in each.
        bias: Whether the layers have a bias (released code).
        negative_slope: Slope of the LeakyReLU between layers.
        weight_init: 'kaiming': He et al. 2015, N(0, 2 / rows of W) (the paper). 'uniform':
            U(-1/sqrt(columns), 1/sqrt(columns)) (the released ML-GCN), several times smaller.
        last_std: Root mean square of the last embeddings at the start: the last layer's weights are scaled to it,
            whatever the graph and the depth. At 0.01, which is what a linear classifier starts with, a classifier's
            ``prior`` decides its first logits. None: what ``weight_init`` gives (the paper).
        learn_residual: Experimental. The layers sum over A' + R with a learned N x N matrix R, the same for all
            layers, that starts at 0: the network starts as the one without it, and weight decay pulls it back there.
        normalize: 'symmetric' D^-1/2 A D^-1/2 (paper), 'mlgcn' D A^T D with D from row sums
            (released ML-GCN), 'none' for a graph that is normalised already.
        graph: Config of a label graph builder (``LabelGraphBuilder``), or the path of a built
            ``.npz``. None: A' = I and random E(0), until a checkpoint is loaded.
        init_cfg: As in mmengine.
    """

    graph_buffers = ('adjacency', 'embedding', 'label_keys')
    label_pairs = ('residual', )

    def __init__(self,
                 num_classes: int,
                 in_channels: int = 300,
                 out_channels: Sequence[int] = (256, 512, 1024, 2048),
                 rank: Union[int, str, None] = None,
                 bias: bool = False,
                 negative_slope: float = 0.2,
                 weight_init: str = 'kaiming',
                 last_std: Optional[float] = None,
                 learn_residual: bool = False,
                 normalize: str = 'symmetric',
                 graph: Union[dict, str, None] = None,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if num_classes < 1:
            raise ValueError(f'num_classes must be at least 1, got {num_classes}')
        if isinstance(out_channels, (int, float)):
            raise ValueError(f'out_channels must be a list, one entry a layer, got {out_channels!r}: write '
                             f'[{out_channels!r}]')
        if len(out_channels) == 0 or min(out_channels) < 1:
            raise ValueError(f'out_channels needs one positive entry a layer, got {out_channels}')
        if weight_init not in ('kaiming', 'uniform'):
            raise ValueError(f"weight_init must be 'kaiming' or 'uniform', got {weight_init!r}")
        if last_std is not None and not last_std > 0:
            raise ValueError(f'last_std must be None or positive, got {last_std!r}')
        if normalize not in NORMALIZATIONS:
            raise ValueError(f'normalize must be one of {sorted(NORMALIZATIONS)}, got {normalize!r}')
        if not (rank is None or rank == 'released' or (isinstance(rank, int) and rank > 0)):
            raise ValueError(f"rank must be None, 'released' or a positive int, got {rank!r}")
        self.num_classes = num_classes
        self.in_channels = in_channels
        self.out_channels = tuple(out_channels)
        self.negative_slope = negative_slope
        self.last_std = last_std
        self.normalize = normalize
        self.graph = graph
        self.layers = nn.ModuleList()
        for c_in, c_out in zip((in_channels, ) + self.out_channels, self.out_channels):
            m = max(32, (c_in + c_out) // 8) if rank == 'released' else rank
            self.layers.append(GraphConvolution(c_in, c_out, m, bias, weight_init))
        self.residual = nn.Parameter(torch.zeros(num_classes, num_classes)) if learn_residual else None
        self.register_buffer('adjacency', torch.eye(num_classes))
        self.register_buffer('embedding', torch.randn(num_classes, in_channels))
        # Zeros mean that the order of the labels is not known.
        self.register_buffer('label_keys', torch.zeros(num_classes, dtype=torch.int64))

    def init_weights(self) -> None:
        """Initialise W and fill A'_KS and E(0) from the label graph."""
        super().init_weights()
        for layer in self.layers:
            layer.reset_parameters()
        if self.residual is not None:
            nn.init.zeros_(self.residual)
        if self.graph is None:
            print_log('LabelGCN has no label graph: A = I and random embeddings are used.',
                      logger='current')
        else:
            self.load_graph(graph_of(self.graph))
        if self.last_std is not None:
            self._scale_last()

    @torch.no_grad()
    def _scale_last(self) -> None:
        # The biases are still 0, so that the last embeddings are linear in the last weight.
        size = self()[-1].square().mean().sqrt()
        if size > 0:
            self.layers[-1].last_weight.mul_(self.last_std / size)

    @torch.no_grad()
    def load_graph(self, graph: LabelGraph) -> None:
        """Copy a graph into the buffers.

        Raises:
            ValueError: The graph has another number of labels, no embedding, or vectors of another
                size than this network.
        """
        n = len(graph.labels)
        if n != self.num_classes:
            raise ValueError(f'the label graph has {n} labels, the model num_classes='
                             f'{self.num_classes}: set num_classes={n} or build another graph')
        if graph.embedding is None:
            raise ValueError('the label graph has no embedding: give its builder '
                             "`embedding=dict(type='WordVectorEmbedding', file=...)`")
        if graph.embedding.shape[1] != self.in_channels:
            raise ValueError(f'the label graph has {graph.embedding.shape[1]}-d embeddings, the GCN '
                             f'in_channels={self.in_channels}')
        adjacency = graph.adjacency
        if hasattr(adjacency, 'toarray'):
            adjacency = adjacency.toarray()
        normalized = NORMALIZATIONS[self.normalize](adjacency)
        self.adjacency.copy_(torch.from_numpy(np.asarray(normalized)))
        self.embedding.copy_(torch.from_numpy(np.asarray(graph.embedding)))
        self.label_keys.copy_(label_keys(graph.labels))

    @property
    def propagation(self) -> torch.Tensor:
        """The matrix (N, N) that each layer sums with, which is A'_KS or, where R is learned, A'_KS + R."""
        return self.adjacency if self.residual is None else self.adjacency + self.residual

    def forward(self) -> List[torch.Tensor]:
        """The embeddings of every layer BEFORE their LeakyReLU, a list of (N, out_channels[l])."""
        outputs = []
        embedding, adjacency = self.embedding, self.propagation
        for layer in self.layers:
            hidden = layer(embedding, adjacency)
            outputs.append(hidden)
            embedding = F.leaky_relu(hidden, self.negative_slope)
        return outputs
