"""The linear classifier whose weights are shared over a label graph."""
from typing import Optional, Sequence, Union

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.model import BaseModule

from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.shared import graph_of
from kssnet_mm.graphs.weight_sharing import weight_sharing
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import MODELS

from .deployed_weights import check_weights
from .linear_classifier import LinearClassifier
from .pooling import check_pool, pool_pathways
from .prior import log_odds


@MODELS.register_module()
class GraphLinearClassifier(BaseModule):
    """logits = dropout(pool(x)) (A V)^T + b with A = (1 - eta) I + eta P.

    P is the label graph's adjacency, made symmetric and with rows scaled to 1 (``neighbour_weights``). Labels that
    occur together share weights, so that a label with few samples learns from those of its neighbours. A deployed model
    has one linear layer. Any backbone fits. On a ``LabelGraphBackbone``, set ``embedding=True``, which shares its last
    embeddings as well: W = A (V + tanh(E)), where A is the GCN's last step.

    Recommended graph: soft conditional probabilities as they are, ``dict(type='LabelGraphBuilder', preset='mlgcn',
    statistical=dict(type='CooccurrenceGraph', estimator='conditional', source=...))``. What a graph gives on given
    data, and at which eta, is found by ``tools/analysis_tools/compare_label_graphs.py``.

    A and the hashes of the label names are buffers: ``init_weights`` fills them from the graph, checkpoints carry
    them.

    Args:
        num_classes: Number of labels, N.
        in_channels: Channels of the features, C.
        graph: Config of a label graph builder, or the path of a built ``.npz``. None leaves A = I for a checkpoint
            to fill. Controls are the builder's: ``control='identity'`` and ``'shuffle'``.
        eta: Share of the neighbours, 0 to 1.
        embedding: Whether the last label embeddings E of a ``LabelGraphBackbone`` are added to V.
        pool: 'avg' or 'max', global over all positions and frames.
        dropout: Probability on the pooled features.
        pathways: Feature maps that are pooled and joined, of backbones such as SlowFast; in_channels is their sum.
        init_cfg: As in mmengine; V by default from N(0, 0.01^2).
    """

    label_axes = {'fc.weight': 0, 'fc.bias': 0}
    graph_buffers = ('sharing', 'label_keys')

    def __init__(self,
                 num_classes: int,
                 in_channels: int,
                 graph: Union[dict, str, None] = None,
                 eta: float = 0.3,
                 embedding: bool = False,
                 pool: str = 'avg',
                 dropout: float = 0.5,
                 pathways: int = 1,
                 init_cfg: Optional[dict] = dict(type='Normal', layer='Linear', std=0.01)) -> None:
        super().__init__(init_cfg)
        check_pool(pool)
        if not 0 <= eta <= 1:
            raise ValueError(f'eta must be between 0 and 1, got {eta!r}')
        self.num_classes, self.in_channels = num_classes, in_channels
        self.graph, self.eta, self.pool, self.pathways = graph, eta, pool, pathways
        self.embedding = embedding
        self.dropout = nn.Dropout(dropout)
        self.fc = nn.Linear(in_channels, num_classes)  # V and b
        self.register_buffer('sharing', torch.eye(num_classes))
        # All zero: the label order is not known.
        self.register_buffer('label_keys', torch.zeros(num_classes, dtype=torch.int64))

    def init_weights(self) -> None:
        """Initialise V, fill A from the label graph, and start b at the labels' log-odds where it counted them."""
        super().init_weights()
        if self.graph is not None:
            self.load_graph(graph_of(self.graph))

    @torch.no_grad()
    def load_graph(self, graph: LabelGraph) -> None:
        """Copy a graph into the buffers, and its label frequencies into the bias.

        Raises:
            ValueError: The graph has another number of labels.
        """
        if graph.num_labels != self.num_classes:
            raise ValueError(f'the label graph has {graph.num_labels} labels, the classifier num_classes='
                             f'{self.num_classes}: set num_classes={graph.num_labels} or build another graph')
        self.sharing.copy_(torch.from_numpy(weight_sharing(graph.adjacency, self.eta)))
        self.label_keys.copy_(label_keys(graph.labels))
        if graph.label_counts is not None:
            self.fc.bias.copy_(log_odds(graph.frequencies))

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        # A deployed classifier has label_keys too, but no A.
        if f'{prefix}sharing' not in state_dict:
            check_weights(state_dict, prefix, deployed=False)
        super()._load_from_state_dict(state_dict, prefix, *args)

    def own_weight(self, embedding: Optional[torch.Tensor]) -> torch.Tensor:
        """What is shared, (N, C): V, or V + tanh(E) for the last embeddings E (N, C)."""
        if not self.embedding:
            return self.fc.weight
        if embedding is None:
            raise ValueError('embedding=True adds the label embeddings of a LabelGraphBackbone, and this backbone has none')
        return self.fc.weight + torch.tanh(embedding)

    @property
    def reads_embedding(self) -> bool:
        """Whether it reads the embeddings of a ``LabelGraphBackbone``, see ``check_readers``."""
        return self.embedding

    def weight(self, embedding: Optional[torch.Tensor] = None) -> torch.Tensor:
        """W = A V or A (V + tanh(E)), (N, C)."""
        return self.sharing @ self.own_weight(embedding)

    @torch.no_grad()
    def to_linear(self, embedding: Optional[torch.Tensor] = None,
                  keys: Optional[torch.Tensor] = None) -> LinearClassifier:
        """The deployed ``LinearClassifier`` that gives the same logits.

        Args:
            embedding: The last embedding (N, C) of the backbone's GCN, read where ``embedding`` says so.
            keys: int64 (N,), hashes of the label names; None: this classifier's own.
        """
        linear = LinearClassifier(self.num_classes, self.in_channels, self.pool, self.dropout.p, self.pathways,
                                  deploy=True).to(self.fc.weight)
        linear.fc.weight.copy_(self.weight(embedding))
        linear.fc.bias.copy_(self.fc.bias)
        linear.label_keys.copy_(self.label_keys if keys is None or not keys.any() else keys)
        return linear.eval()

    def split(self, feats: Union[torch.Tensor, Sequence[torch.Tensor]]) -> tuple:
        """Feature maps, and the last embedding (N, C), or None.

        A ``LabelGraphBackbone`` ends with embeddings (B, N, C), which are no feature map.
        """
        if not isinstance(feats, torch.Tensor) and len(feats) > 1 and feats[-1].shape[1:2] == (self.num_classes, ) \
                and feats[-1].dim() == 3:
            return feats[:-1], feats[-1][0]
        return feats, None

    def pooled(self, feats: Union[torch.Tensor, Sequence[torch.Tensor]]) -> torch.Tensor:
        """Pooled features (B, C) of the last feature maps, bare or in a tuple."""
        return pool_pathways(self.split(feats)[0], self.pool, self.pathways)

    def forward(self, feats: Union[torch.Tensor, Sequence[torch.Tensor]]) -> torch.Tensor:
        """Features (B, C, [T,] H, W), bare or in a tuple -> logits (B, N)."""
        return F.linear(self.dropout(self.pooled(feats)), self.weight(self.split(feats)[1]), self.fc.bias)
