"""What if the label graph were another one? The adjacency computed again, without training."""
from contextlib import contextmanager
from typing import Iterator, Sequence, Tuple

import numpy as np
import torch

from kssnet_mm.models.label_gcn import LabelGCN
from kssnet_mm.utils.labels import canonical_label, match_labels


def drop_edges(adjacency: np.ndarray, edges: Sequence[Tuple[str, str]], classes: Sequence[str]) -> np.ndarray:
    """The adjacency without the edges between pairs of labels, in both directions.

    Raises:
        ValueError: A label is no class; or there is no such edge, so that nothing would change.
    """
    adjacency = np.array(adjacency, copy=True)
    for pair in edges:
        i, j = match_labels(pair, classes, subset=True, where='the model') if canonical_label(pair[0]) != \
            canonical_label(pair[1]) else match_labels(pair[:1], classes, subset=True, where='the model').repeat(2)
        if not (adjacency[i, j] or adjacency[j, i]):
            raise ValueError(f'the graph has no edge between {pair[0]!r} and {pair[1]!r}')
        adjacency[i, j] = adjacency[j, i] = 0
    return adjacency


@contextmanager
def another_adjacency(gcn: LabelGCN, adjacency: torch.Tensor) -> Iterator[None]:
    """The GCN with another A' for a while."""
    kept = gcn.adjacency.clone()
    gcn.adjacency.copy_(adjacency)
    try:
        yield
    finally:
        gcn.adjacency.copy_(kept)
