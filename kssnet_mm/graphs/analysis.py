"""What a label graph looks like in numbers: density, components, spectrum, smoothing and settings.

Every function takes N x N ``numpy`` arrays or ``scipy.sparse`` CSR arrays of weights >= 0 and leaves
them as they are. An edge is an off-diagonal non-zero entry. Nothing here makes a sparse matrix dense.
"""
from dataclasses import dataclass
from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackError, eigs
from scipy.spatial.distance import pdist

from .label_graph import Matrix
from .superimpose import ks_graph, normalize_symmetric, threshold

# 'shuffled' is for the control with permuted labels: its edges do not lie between the labels that a prior relates.
ORIGINS = ('neither', 'statistics', 'knowledge', 'both', 'shuffled')
# N up to which all eigenvalues are computed: 1024 take seconds, and the time grows with N^3.
ALL_EIGENVALUES_UP_TO = 1024


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


def density(matrix: Matrix) -> float:
    """Edges / (N (N - 1)); 0 where N < 2."""
    n = matrix.shape[0]
    return len(off_diagonal(matrix)[0]) / max(n * (n - 1), 1)


def strongest_edge(matrix: Matrix) -> np.ndarray:
    """float64 (N,): each label's heaviest edge, to or from it; 0 for an isolated label.

    In a superimposed graph before its threshold, this is the largest tau that leaves the label an edge.
    """
    rows, columns, values = off_diagonal(matrix)
    strongest = np.zeros(matrix.shape[0])
    np.maximum.at(strongest, rows, values)
    np.maximum.at(strongest, columns, values)
    return strongest


def components(matrix: Matrix) -> List[np.ndarray]:
    """Positions of each connected component's labels, the largest first, whatever the directions."""
    n = matrix.shape[0]
    rows, columns, values = off_diagonal(matrix)
    count, member = connected_components(sparse.csr_array((values, (rows, columns)), shape=(n, n)),
                                         directed=False)
    parts = np.split(np.argsort(member, kind='stable'), np.cumsum(np.bincount(member))[:-1])
    return sorted(parts, key=lambda part: -len(part)) if count else []


def cluster_order(matrix: np.ndarray) -> np.ndarray:
    """int (N,): an order of the labels in which those with similar neighbours are next to one another.

    Average linkage of 1 - cosine between the rows of max(A, A^T), each with its heaviest weight (1 for
    an isolated label) as its own diagonal; leaves in the order that keeps near ones adjacent.
    Takes N^2 memory and N^2 log N time at least: for a dense matrix of some hundred labels.
    """
    matrix = np.asarray(matrix, dtype=np.float64)
    if len(matrix) < 3:
        return np.arange(len(matrix))
    rows = np.maximum(matrix, matrix.T)
    np.fill_diagonal(rows, 0)
    own = rows.max(axis=1)
    # A label is its own neighbour; otherwise two labels that only have each other look unlike.
    np.fill_diagonal(rows, np.where(own > 0, own, 1))
    distances = np.clip(pdist(rows, 'cosine'), 0, None)
    return leaves_list(linkage(distances, 'average', optimal_ordering=True))


def spectral_gap(matrix: Matrix) -> float:
    """|lambda_1| - |lambda_2|, the two largest moduli of the eigenvalues of A' = D^-1/2 A D^-1/2.

    D holds the row sums, as in the GCN. Repeated products with A' forget all but the first eigenvector
    as fast as (|lambda_2| / |lambda_1|)^l. The gap is 0 where the graph falls apart into components that
    keep their weight. NaN for fewer than two labels, or where the iteration (for many labels) does not
    converge.
    """
    n = matrix.shape[0]
    if n < 2:
        return float('nan')
    normalized = normalize_symmetric(matrix.astype(np.float64))
    if n > ALL_EIGENVALUES_UP_TO:
        try:
            values = eigs(sparse.csr_array(normalized), k=2, which='LM', v0=np.ones(n), maxiter=20 * n,
                          return_eigenvectors=False)
        except ArpackError:
            return float('nan')
    else:
        dense = normalized.toarray() if sparse.issparse(normalized) else normalized
        symmetric = np.array_equal(dense, dense.T)
        values = np.linalg.eigvalsh(dense) if symmetric else np.linalg.eigvals(dense)
    first, second = np.sort(np.abs(values))[::-1][:2]
    return float(first - second)


def mean_cosine(embedding: np.ndarray) -> float:
    """Mean over all pairs i != j of the cosine between rows of (N, F); a zero row has cosine 0.

    Computed as (|sum_i u_i|^2 - sum_i |u_i|^2) / (N (N - 1)) with unit rows u, without N x N numbers.
    """
    rows = np.asarray(embedding, dtype=np.float64)
    n = len(rows)
    if n < 2:
        return float('nan')
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    units = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)
    total = units.sum(axis=0)
    return float((total @ total - (units * units).sum()) / (n * (n - 1)))


def smoothing(adjacency: Optional[Matrix], embedding: np.ndarray, layers: int = 6,
              negative_slope: float = 0.2) -> List[float]:
    """Mean cosine similarity between the labels of E(0), E(1), ..., E(layers).

    E(l+1) = LeakyReLU(A' E(l)) with A' = D^-1/2 A D^-1/2: eq. 6 of the KSSNet paper with W = I, so that
    the numbers are the graph's own and do not depend on any weights. ``adjacency`` None: A' = I, what
    the LeakyReLU does alone.
    """
    current = np.asarray(embedding, dtype=np.float64)
    normalized = None if adjacency is None else normalize_symmetric(adjacency.astype(np.float64))
    found = [mean_cosine(current)]
    for _ in range(layers):
        hidden = current if normalized is None else normalized @ current
        current = np.where(hidden > 0, hidden, negative_slope * hidden)
        found.append(mean_cosine(current))
    return found


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


@dataclass
class Sweep:
    """What lam and tau do to a graph.

    Attributes:
        lams: L values; [None] where there is one prior, which lam does not touch.
        taus: T values.
        density: float64 (L, T).
        isolated: Number of labels without an edge, int (L, T).
    """
    lams: List[Optional[float]]
    taus: List[float]
    density: np.ndarray
    isolated: np.ndarray


def sweep(statistical: Optional[Matrix], knowledge: Optional[Matrix], lams: Sequence[float],
          taus: Sequence[float], normalize: bool = True, renormalize: bool = False) -> Sweep:
    """Density and isolated labels of ``ks_graph`` for every lam and tau; eta > 0 changes neither.

    Raises:
        ValueError: Both priors are None, a lam is outside [0, 1] or a tau is negative.
    """
    lams = [None] if statistical is None or knowledge is None else list(lams)
    shape = len(lams), len(taus)
    result = Sweep(lams, list(taus), np.zeros(shape), np.zeros(shape, dtype=np.int64))
    for i, lam in enumerate(lams):
        mixed = ks_graph(statistical, knowledge, 1.0 if lam is None else lam, 0.0, 1.0, normalize,
                         renormalize)
        for j, tau in enumerate(taus):
            kept = threshold(mixed, tau)
            result.density[i, j] = density(kept)
            result.isolated[i, j] = np.count_nonzero(strongest_edge(kept) == 0)
    return result
