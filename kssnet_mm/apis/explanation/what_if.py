"""What if the label graph were another one? The adjacency computed again, without training."""
import os
from contextlib import contextmanager
from typing import Iterator, Optional, Sequence, Tuple

import numpy as np
import torch

from kssnet_mm.graphs.builder import LabelGraphBuilder
from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.models.label_gcn import NORMALIZATIONS, LabelGCN
from kssnet_mm.utils.labels import canonical_label, match_labels

SETTINGS = ('lam', 'tau', 'eta')


def gcn_of(model: torch.nn.Module) -> Optional[LabelGCN]:
    """The GCN of a model; None of plain, deployed and exported models and of the control without a graph."""
    gcn = getattr(getattr(model, 'backbone', None), 'gcn', None)
    return gcn if isinstance(gcn, LabelGCN) else None


def read_graph(described, classes: Sequence[str], **changes: Optional[float]) -> LabelGraph:
    """The label graph of a model, from its file.

    Args:
        described: ``gcn.graph`` of the config, or the path of an ``.npz``.
        classes: The names in the model's order.
        changes: Other values of lam, tau or eta; None: as they are.

    Raises:
        ValueError: There is no file, or its adjacency is final, so that nothing can be computed again.
    """
    settings = dict(file=os.fspath(described)) if isinstance(described, (str, os.PathLike)) else dict(described or {})
    file = settings.get('file')
    if not file or not os.path.isfile(file):
        what = f'the label graph {str(file)!r} is not there' if file else 'the config names no file of a label graph'
        raise ValueError(f'{what}: name it by graph=FILE (--graph FILE)')
    settings.pop('type', None)
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes and 'builder' not in LabelGraph.load(file).meta:
        raise ValueError(f'{file} keeps a final adjacency without the priors, from which {", ".join(changes)} could '
                         'give another one')
    graph = LabelGraphBuilder(**dict(settings, **changes)).load_or_build()
    return graph.reorder(classes)


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


def normalized(gcn: LabelGCN, adjacency: np.ndarray) -> torch.Tensor:
    """A' as the GCN keeps it, float32 (N, N)."""
    return torch.from_numpy(np.asarray(NORMALIZATIONS[gcn.normalize](adjacency), dtype=np.float32))


def check_graph(gcn: LabelGCN, graph: LabelGraph) -> None:
    """Raise a ValueError unless the graph is the one that the model was trained with."""
    difference = (normalized(gcn, graph.dense()).to(gcn.adjacency) - gcn.adjacency).abs().max().item()
    if not difference <= 1e-5:
        raise ValueError(f'the label graph gives another adjacency than the one in the checkpoint (they differ by '
                         f'{difference:.2g}): it is not the graph that the model was trained with')


@contextmanager
def another_adjacency(gcn: LabelGCN, adjacency: torch.Tensor) -> Iterator[None]:
    """The GCN with another A' for a while."""
    kept = gcn.adjacency.clone()
    gcn.adjacency.copy_(adjacency)
    try:
        yield
    finally:
        gcn.adjacency.copy_(kept)
