"""A graph over which a linear classifier shares its weights: W = A V with A = (1 - eta) I + eta P.

The prior that this puts on the weights is that of multi-task learning with related tasks (Evgeniou and Pontil, 2004;
graph-regularised classifiers): with V penalised by its squares, labels that are joined in P get similar weights, and a
label with few samples borrows from its neighbours.
"""
import numpy as np
from scipy import sparse

from .label_graph import Matrix


def neighbour_weights(matrix: Matrix) -> np.ndarray:
    """P: an adjacency made symmetric, without its diagonal, with rows scaled to the sum 1.

    A label without neighbours is its own: P_ii = 1, so that it keeps its weights at every eta.

    Args:
        matrix: N x N weights >= 0, such as conditional probabilities P_ij = M_ij / n_i. The two directions of a pair
            are averaged.

    Returns:
        N x N float64, dense.
    """
    dense = np.array(matrix.toarray() if sparse.issparse(matrix) else matrix, dtype=np.float64)
    if dense.ndim != 2 or dense.shape[0] != dense.shape[1]:
        raise ValueError(f'an adjacency is N x N, got {dense.shape}')
    if dense.size and not (np.isfinite(dense).all() and dense.min() >= 0):
        raise ValueError('an adjacency has finite weights >= 0: clip negative similarities at 0 first')
    dense = (dense + dense.T) / 2
    np.fill_diagonal(dense, 0)
    total = dense.sum(axis=1)
    alone = np.flatnonzero(total == 0)
    dense[alone, alone] = total[alone] = 1
    return dense / total[:, None]


def weight_sharing(matrix: Matrix, eta: float) -> np.ndarray:
    """A = (1 - eta) I + eta P.

    Args:
        matrix: See :func:`neighbour_weights`.
        eta: Share of the neighbours, 0 to 1. 0 gives the identity: a plain linear classifier.

    Returns:
        N x N float64, dense; its rows sum to 1.
    """
    if not 0 <= eta <= 1:
        raise ValueError(f'eta must be between 0 and 1, got {eta!r}')
    shared = eta * neighbour_weights(matrix)
    shared[np.diag_indices_from(shared)] += 1 - eta
    return shared
