"""What estimates the statistical graph A_S from counts of labels that occur together.

The estimators take counts of pairs M (N x N CSR), of labels n_i (N) and of samples n, and give N x N CSR arrays.
"""
from typing import Callable, Dict, Optional

import numpy as np
from scipy import sparse

from .label_graph import SPARSE_FROM, Matrix

# ML-GCN's guard against labels that keep no edge.
EPSILON = 1e-6


def entries_at(counted, rows: np.ndarray, columns: np.ndarray):
    """Entries of an N x N matrix, or those of the rows of N numbers, or a number that holds for every pair."""
    if sparse.issparse(counted):
        if not len(rows):  # scipy gives no array for no entries
            return np.zeros(0, dtype=counted.dtype)
        return np.asarray(sparse.csr_matrix(counted)[rows, columns]).ravel()
    return counted if np.ndim(counted) == 0 else counted[rows]


def counts(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int) -> sparse.csr_array:
    """M itself."""
    return pairs.astype(np.float64)


def conditional(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int) -> sparse.csr_array:
    """P_ij = M_ij / n_i, the share of the samples with label i that hold label j as well."""
    result = pairs.tocoo().astype(np.float64)
    # A pair that was counted proves n_i > 0, but released files are read here too.
    result.data /= np.maximum(entries_at(numbers, result.row, result.col), 1)
    return result.tocsr()


def pmi(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int) -> sparse.csr_array:
    """Positive pointwise mutual information, max(0, log(n M_ij / (n_i n_j))), natural logarithm."""
    result = pairs.tocoo().astype(np.float64)
    rows, columns = result.row, result.col
    expected = entries_at(numbers, rows, columns).astype(np.float64) * entries_at(numbers, columns, rows)
    result.data = np.maximum(np.log(entries_at(num_samples, rows, columns) * result.data / expected), 0)
    return result.tocsr()


def _binary(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int, t: float) -> sparse.coo_array:
    """B_ij = 1 where P_ij >= t."""
    kept = conditional(pairs, numbers, num_samples)
    kept.data = (kept.data >= t).astype(np.float64)
    kept.eliminate_zeros()
    return kept.tocoo()


def mlgcn(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int, t: float = 0.4,
          p: float = 0.25) -> sparse.csr_array:
    """ML-GCN's re-weighted binary graph as its released code computes it.

    B_ij = 1 where P_ij >= t; then p B_ij / (sum_i B_ij + 1e-6), a sum down each column, plus the identity.
    """
    binary = _binary(pairs, numbers, num_samples, t)
    binary.data = p / (np.bincount(binary.col)[binary.col] + EPSILON)
    return sparse.csr_array(binary + sparse.identity(numbers.shape[0]))


def mlgcn_paper(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int, t: float = 0.4,
                p: float = 0.25) -> sparse.csr_array:
    """ML-GCN's re-weighted binary graph as its paper words it.

    p B_ij / sum_j B_ij, a sum along each row, off the diagonal, and 1 - p on it.
    """
    binary = _binary(pairs, numbers, num_samples, t)
    binary.data = p / np.bincount(binary.row)[binary.row]
    return sparse.csr_array(binary + (1 - p) * sparse.identity(numbers.shape[0]))


ESTIMATORS: Dict[str, Callable] = dict(counts=counts, conditional=conditional, pmi=pmi, mlgcn=mlgcn,
                                       mlgcn_paper=mlgcn_paper)


def symmetrize(matrix: sparse.csr_array, how: Optional[str]) -> sparse.csr_array:
    """``'mean'``: (A + A^T) / 2; ``'max'``: the larger of the two directions; None: as it is."""
    if how is None:
        return matrix
    if how not in ('mean', 'max'):
        raise ValueError(f"symmetric must be None, 'mean' or 'max', got {how!r}")
    return sparse.csr_array((matrix + matrix.T) / 2 if how == 'mean' else matrix.maximum(matrix.T))


def estimate(pairs: Matrix, numbers: np.ndarray, num_samples: int, estimator: str = 'mlgcn',
             symmetric: Optional[str] = None, **settings) -> Matrix:
    """A_S from counts by an estimator's name.

    Args:
        pairs: M, N x N.
        numbers: n_i, N; in a table with unknown labels n_ij, see :func:`count_known`.
        num_samples: n; in such a table k_ij.
        estimator: One of ``ESTIMATORS``.
        symmetric: See :func:`symmetrize`.
        settings: ``t`` and ``p`` of ML-GCN's two estimators.

    Returns:
        N x N float64, CSR from ``SPARSE_FROM`` labels on.
    """
    numbers = numbers if sparse.issparse(numbers) else np.asarray(numbers)
    matrix = ESTIMATORS[estimator](sparse.csr_array(pairs), numbers, num_samples, **settings)
    matrix = symmetrize(matrix, symmetric)
    return matrix if numbers.shape[0] >= SPARSE_FROM else matrix.toarray()
