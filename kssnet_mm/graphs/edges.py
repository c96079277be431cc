"""The edges of an adjacency: off-diagonal non-zero entries of a ``numpy`` array or a ``scipy.sparse`` CSR array."""
from typing import NamedTuple, Optional, Tuple

import numpy as np
from scipy import sparse

from .label_graph import Matrix

# 'shuffled' is for the control with permuted labels: its edges do not lie between the labels that a prior relates.
ORIGINS = ('neither', 'statistics', 'knowledge', 'both', 'shuffled')


def off_diagonal(matrix: Matrix) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and values of the edges, by row."""
    rows, columns = matrix.nonzero()
    other = rows != columns
    rows, columns = rows[other], columns[other]
    return rows, columns, values_at(matrix, rows, columns)


def values_at(matrix: Optional[Matrix], rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """float64 (M,): the entries at M places; zeros if the matrix is None."""
    if matrix is None or not len(rows):
        return np.zeros(len(rows))
    if not sparse.issparse(matrix):
        return np.asarray(matrix)[rows, columns].astype(np.float64)
    found = sparse.csr_array(matrix)[rows, columns]
    # The type of the result depends on the version of scipy.
    return np.asarray(found.toarray() if sparse.issparse(found) else found, dtype=np.float64).ravel()


def strongest_edge(matrix: Matrix) -> np.ndarray:
    """float64 (N,): each label's heaviest edge, to or from it; 0 for an isolated label.

    In a superimposed graph before its threshold, this is the largest tau that leaves the label an edge.
    """
    rows, columns, values = off_diagonal(matrix)
    strongest = np.zeros(matrix.shape[0])
    np.maximum.at(strongest, rows, values)
    np.maximum.at(strongest, columns, values)
    return strongest


class Edges(NamedTuple):
    """M undirected edges, the heaviest first.

    Attributes:
        first: Position of the label that comes first, int (M,).
        second: Position of the other one, int (M,).
        weight: max(A_ij, A_ji), float64 (M,).
        origin: Index into ``ORIGINS``, int (M,): which priors have an entry, in either direction.
    """
    first: np.ndarray
    second: np.ndarray
    weight: np.ndarray
    origin: np.ndarray

    def head(self, most: int) -> 'Edges':
        """The ``most`` heaviest."""
        return Edges(*(column[:most] for column in self))


def undirected_edges(adjacency: Matrix, statistical: Optional[Matrix] = None,
                     knowledge: Optional[Matrix] = None) -> Edges:
    """The adjacency's edges without direction, and which of the raw priors have an entry for each."""
    n = adjacency.shape[0]
    rows, columns, values = off_diagonal(adjacency)
    low, high = np.minimum(rows, columns).astype(np.int64), np.maximum(rows, columns)
    keys, place = np.unique(low * n + high, return_inverse=True)
    weight = np.zeros(len(keys))
    np.maximum.at(weight, place.ravel(), values)
    first, second = keys // max(n, 1), keys % max(n, 1)
    counted, known = ((values_at(m, first, second) > 0) | (values_at(m, second, first) > 0)
                      for m in (statistical, knowledge))
    heaviest = np.argsort(-weight, kind='stable')
    return Edges(*(c[heaviest] for c in (first, second, weight, counted + 2 * known)))


def strongest_neighbours(edges: Edges, most: int) -> Tuple[np.ndarray, np.ndarray]:
    """(label, neighbour), int (M,) each: the ``most`` heaviest edges of every label, by label."""
    ends = np.concatenate([edges.first, edges.second])
    others = np.concatenate([edges.second, edges.first])
    order = np.lexsort((others, -np.concatenate([edges.weight] * 2), ends))
    ends, others = ends[order], others[order]
    starts = np.searchsorted(ends, ends, side='left')
    kept = np.arange(len(ends)) - starts < most
    return ends[kept], others[kept]
