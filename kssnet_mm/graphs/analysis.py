"""What a label graph looks like in numbers: density, components, spectrum, smoothing and settings.

Every function takes N x N ``numpy`` arrays or ``scipy.sparse`` CSR arrays of weights >= 0 and leaves
them as they are. An edge is an off-diagonal non-zero entry. Nothing here makes a sparse matrix dense.
"""
from dataclasses import dataclass
from typing import List, Optional, Sequence

import numpy as np
from scipy import sparse
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackError, eigs
from scipy.spatial.distance import pdist

from .edges import off_diagonal, strongest_edge
from .label_graph import Matrix
from .superimpose import ks_graph, normalize_symmetric, threshold

# N up to which all eigenvalues are computed: 1024 take seconds, and the time grows with N^3.
ALL_EIGENVALUES_UP_TO = 1024


def density(matrix: Matrix) -> float:
    """Edges / (N (N - 1)); 0 where N < 2."""
    n = matrix.shape[0]
    return len(off_diagonal(matrix)[0]) / max(n * (n - 1), 1)


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
