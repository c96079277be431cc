"""The parts of a released network that are stored beside its weights: label graph, word vectors, label names."""
from typing import Optional, Sequence, Tuple

import numpy as np
import torch

from kssnet_mm.graphs.released_pickle import import_released
from kssnet_mm.graphs.superimpose import normalize_symmetric
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.utils.safe_pickle import read_safe_pickle


def read_graph(path: str, labels: Sequence[str]) -> torch.Tensor:
    """A'_KS (N, N) from KSSNet's pickle of the superimposed graph: threshold, smoothing, normalisation.

    Raises:
        ValueError: The file is refused, or is not of as many labels.
    """
    graph = import_released(path, labels, preset='released_charades')
    return torch.from_numpy(normalize_symmetric(graph.adjacency)).float()


def read_vectors(path: str) -> torch.Tensor:
    """E(0) (N, F) from a pickle of one array.

    Raises:
        ValueError: The file is refused, or holds something else.
    """
    array = read_safe_pickle(path)
    if not isinstance(array, np.ndarray) or array.ndim != 2:
        raise ValueError(f'{path} holds {getattr(array, "shape", type(array).__name__)}: word vectors are one '
                         'array of labels by features')
    return torch.from_numpy(array).float()


def check_sizes(embedding: torch.Tensor, adjacency: Optional[torch.Tensor] = None,
                labels: Optional[Sequence[str]] = None) -> Tuple[int, int]:
    """N and F of word vectors (N, F).

    Raises:
        ValueError: The graph or the names are of another number of labels.
    """
    if embedding.dim() != 2:
        raise ValueError(f'the word vectors are {tuple(embedding.shape)}: N labels by F features are needed')
    n, size = embedding.shape
    if adjacency is not None and tuple(adjacency.shape) != (n, n):
        raise ValueError(f'the adjacency is {tuple(adjacency.shape)}, the embeddings are of {n} labels')
    if labels is not None and len(labels) != n:
        raise ValueError(f'{len(labels)} label names for {n} labels')
    return n, size


def positions(labels: Sequence[str], order: Sequence[str]) -> torch.Tensor:
    """The position of each name of ``order`` in ``labels``, (N,).

    Raises:
        ValueError: The two hold different names; names them.
    """
    if sorted(labels) != sorted(order):
        alone = sorted(set(labels) ^ set(order))
        raise ValueError('the wanted order does not have the names of the labels: only one of the two has '
                         f'{", ".join(alone[:8])}, or a name comes twice')
    place = {name: index for index, name in enumerate(labels)}
    return torch.tensor([place[name] for name in order])


def names_as_keys(labels: Optional[Sequence[str]], n: int) -> torch.Tensor:
    """Hashes of the label names, int64 (N,), by which another order of classes is noticed; zeros: not known."""
    return torch.zeros(n, dtype=torch.int64) if labels is None else label_keys(labels)
