"""A classifier whose logits are refined by those of the labels that a graph links."""
from typing import Optional, Sequence, Union

import numpy as np
import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.shared import graph_of
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import MODELS

from .deployed_weights import check_weights
from .linear_classifier import LinearClassifier


@MODELS.register_module()
class RefinedClassifier(BaseModule):
    """logits = z + (E * R) z, with the logits z of another classifier. Experimental.

    R is a learned N x N matrix that starts at 0, so that the model starts as the one without it. E is 1 where the
    label graph has an edge one way or the other, and 0 elsewhere and on the diagonal. As the sum is linear in z, a
    deployed model has one linear layer.

    The controls are the builder's: with ``control='identity'`` no label refines another, with ``'shuffle'`` the wrong
    ones do. E and the hashes of the label names are buffers: ``init_weights`` fills them from the graph, and
    checkpoints carry them.

    Args:
        num_classes: Number of labels, N.
        in_channels: Channels of the features, C.
        classifier: Config of the classifier that gives z; ``num_classes`` and ``in_channels`` are filled in. On a
            plain backbone it is a ``LinearClassifier`` or a ``GraphLinearClassifier``.
        graph: Config of a label graph builder, or the path of a built ``.npz``. None: every label refines every other
            one.
        init_cfg: As in mmengine.
    """

    graph_buffers = ('edges', 'label_keys')
    label_pairs = ('refinement', )

    def __init__(self,
                 num_classes: int,
                 in_channels: int,
                 classifier: dict = dict(type='LabelGraphClassifier'),
                 graph: Union[dict, str, None] = None,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        self.num_classes, self.in_channels, self.graph = num_classes, in_channels, graph
        self.classifier = MODELS.build(dict(num_classes=num_classes, in_channels=in_channels, **classifier))
        if not isinstance(self.classifier, LinearClassifier) and not hasattr(self.classifier, 'to_linear'):
            raise ValueError(f'a {type(self.classifier).__name__} cannot be refined: its deployed form would not be a '
                             'linear layer. Take a LabelGraphClassifier, LinearClassifier or GraphLinearClassifier')
        self.refinement = nn.Parameter(torch.zeros(num_classes, num_classes))  # R
        self.register_buffer('edges', 1 - torch.eye(num_classes))
        # All zero: the label order is not known.
        self.register_buffer('label_keys', torch.zeros(num_classes, dtype=torch.int64))

    @property
    def pool(self) -> str:
        """The refined classifier's pooling, 'avg' or 'max'."""
        return self.classifier.pool

    @property
    def reads_embedding(self) -> bool:
        """Whether the refined classifier reads the embeddings of a ``LabelGraphBackbone``, see ``check_readers``."""
        return getattr(self.classifier, 'reads_embedding', True)

    @property
    def dropout(self) -> nn.Dropout:
        return self.classifier.dropout

    @property
    def pathways(self) -> int:
        return self.classifier.pathways

    def init_weights(self) -> None:
        """Initialise the refined classifier, put R to 0 and fill E from the label graph."""
        super().init_weights()
        nn.init.zeros_(self.refinement)
        if self.graph is not None:
            self.load_graph(graph_of(self.graph))

    @torch.no_grad()
    def load_graph(self, graph: LabelGraph) -> None:
        """Copy a graph's edges and label order into the buffers.

        Raises:
            ValueError: The graph has another number of labels.
        """
        if graph.num_labels != self.num_classes:
            raise ValueError(f'the label graph has {graph.num_labels} labels, the classifier num_classes='
                             f'{self.num_classes}: set num_classes={graph.num_labels} or build another graph')
        linked = graph.dense() > 0
        linked = linked | linked.T
        np.fill_diagonal(linked, False)
        self.edges.copy_(torch.from_numpy(linked))
        self.label_keys.copy_(label_keys(graph.labels))

    def _load_from_state_dict(self, state_dict, prefix, *args) -> None:
        # A deployed classifier has label_keys too, but no edges.
        if f'{prefix}edges' not in state_dict:
            check_weights(state_dict, prefix, deployed=False)
        super()._load_from_state_dict(state_dict, prefix, *args)

    def matrix(self) -> torch.Tensor:
        """I + E * R, (N, N)."""
        identity = torch.eye(self.num_classes, dtype=self.refinement.dtype, device=self.refinement.device)
        return identity + self.edges * self.refinement

    @torch.no_grad()
    def to_linear(self, embedding: Optional[torch.Tensor] = None,
                  keys: Optional[torch.Tensor] = None) -> LinearClassifier:
        """The deployed ``LinearClassifier`` that gives the same logits: W' = (I + E * R) W, b' = (I + E * R) b.

        Args:
            embedding: The last embedding (N, C), for a refined ``LabelGraphClassifier``.
            keys: int64 (N,), hashes of the label names; None: this classifier's own.
        """
        linear = LinearClassifier(self.num_classes, self.in_channels, self.pool, self.dropout.p, self.pathways,
                                  deploy=True).to(self.refinement)
        inner = self.classifier
        inner = inner if isinstance(inner, LinearClassifier) else inner.to_linear(embedding)
        linear.fc.weight.copy_(self.matrix() @ inner.fc.weight)
        linear.fc.bias.copy_(self.matrix() @ inner.fc.bias)
        linear.label_keys.copy_(self.label_keys if keys is None or not keys.any() else keys)
        return linear.eval()

    def pooled(self, feats: Union[torch.Tensor, Sequence[torch.Tensor]]) -> torch.Tensor:
        """Pooled features (B, C)."""
        return self.classifier.pooled(feats)

    def forward(self, feats: Union[torch.Tensor, Sequence[torch.Tensor]]) -> torch.Tensor:
        """What the refined classifier takes -> logits (B, N)."""
        return self.classifier(feats) @ self.matrix().t()
