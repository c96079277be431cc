"""Superimposing two label graphs: equations 2 to 4 of the KSSNet paper, dense or sparse.

Every function takes and returns an N x N ``numpy`` array or a ``scipy.sparse`` CSR array of non-negative
weights, and leaves its arguments as they are.
"""
from typing import Optional

import numpy as np
from scipy import sparse

from .label_graph import Matrix


def _identity_like(matrix: Matrix) -> Matrix:
    n = matrix.shape[0]
    if sparse.issparse(matrix):
        return sparse.csr_array(sparse.identity(n, dtype=matrix.dtype, format='csr'))
    return np.eye(n, dtype=matrix.dtype)


def _unit_interval(name: str, value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f'{name} must be between 0 and 1, got {value!r}')
    return float(value)


def normalize_symmetric(matrix: Matrix) -> Matrix:
    """A' = D^-1/2 A D^-1/2 with D_ii = sum_j A_ij (below eq. 1).

    A label without edges has D_ii = 0; its row and column of A' are 0, never inf or NaN. D holds row sums alone: in
    a directed graph a label that others lead to, and that leads to none, has D_ii = 0 too, and loses those edges.
    """
    if matrix.dtype.kind != 'f':  # counts, or edges that are there or not
        matrix = matrix.astype(np.float64)
    degree = np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()
    scale = np.zeros_like(degree)
    np.power(degree, -0.5, out=scale, where=degree > 0)
    if sparse.issparse(matrix):
        matrix = sparse.csr_array(matrix)
        rows = np.repeat(scale, np.diff(matrix.indptr))
        data = (rows * matrix.data * scale[matrix.indices]).astype(matrix.dtype)
        return sparse.csr_array((data, matrix.indices.copy(), matrix.indptr.copy()), matrix.shape)
    return (scale[:, None] * matrix * scale).astype(matrix.dtype)


def superimpose(statistical: Matrix, knowledge: Matrix, lam: float,
                normalize: bool = True) -> Matrix:
    """A = lam A'_S + (1 - lam) A'_K (eq. 2); lam = 1 and lam = 0 are the pure graphs.

    ``normalize=False`` mixes the priors as they are, without normalising them first.
    """
    lam = _unit_interval('lam', lam)
    if statistical.shape != knowledge.shape:
        raise ValueError(f'the statistical graph has shape {statistical.shape}, the knowledge graph '
                         f'{knowledge.shape}')
    if sparse.issparse(statistical) != sparse.issparse(knowledge):
        # Adding a dense array to a sparse one would make the dense N x N that CSR avoids.
        statistical, knowledge = sparse.csr_array(statistical), sparse.csr_array(knowledge)
    if normalize:
        statistical, knowledge = normalize_symmetric(statistical), normalize_symmetric(knowledge)
    return lam * statistical + (1 - lam) * knowledge


def threshold(matrix: Matrix, tau: float) -> Matrix:
    """A_tau: entries below ``tau`` become 0, those at or above it stay (eq. 3)."""
    if not tau >= 0:
        raise ValueError(f'tau must not be negative, got {tau!r}')
    if sparse.issparse(matrix):
        kept = sparse.csr_array(matrix, copy=True)
        kept.data[kept.data < tau] = 0
        kept.eliminate_zeros()
        return kept
    return np.where(matrix >= tau, matrix, np.zeros((), dtype=matrix.dtype))


def smooth(matrix: Matrix, eta: float) -> Matrix:
    """A_KS = eta A_tau + (1 - eta) I (eq. 4)."""
    eta = _unit_interval('eta', eta)
    return eta * matrix + (1 - eta) * _identity_like(matrix)


def ks_graph(statistical: Optional[Matrix], knowledge: Optional[Matrix], lam: float, tau: float,
             eta: float, normalize: bool = True, renormalize: bool = False) -> Matrix:
    """A_KS from the two raw priors (eqs. 2-4).

    Args:
        statistical: A_S before normalisation, or None: then the graph is A_K's alone.
        knowledge: A_K before normalisation, or None: then the graph is A_S's alone.
        lam: Weight of the statistical graph.
        tau: Edge threshold: edges lighter than this are dropped.
        eta: Weight of the neighbours against the label itself.
        normalize: Whether the priors are normalised before they are mixed (the paper). ML-GCN leaves its
            graph as it is until the GCN.
        renormalize: Whether the superimposed graph is normalised before the threshold. The paper's
            sentence before eq. 2 can be read so, and the released Charades graph is (its largest
            eigenvalue is 1); eq. 2 by itself is not.

    Returns:
        N x N adjacency, of the storage of the priors.
    """
    _unit_interval('lam', lam)
    if statistical is None and knowledge is None:
        raise ValueError('a label graph needs a statistical or a knowledge graph')
    if statistical is None or knowledge is None:
        adjacency = knowledge if statistical is None else statistical
        adjacency = normalize_symmetric(adjacency) if normalize else adjacency
    else:
        adjacency = superimpose(statistical, knowledge, lam, normalize)
    if renormalize:
        adjacency = normalize_symmetric(adjacency)
    return smooth(threshold(adjacency, tau), eta)
