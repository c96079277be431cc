"""The statistical graph A_S: how often labels occur together, and what estimates it from those counts.

The estimators take counts of pairs M (N x N CSR), of labels n_i (N) and of samples n, and give N x N CSR arrays.
"""
from typing import Callable, Dict, Optional, Sequence, Tuple, Union

import numpy as np
from scipy import sparse

from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.labels import match_labels

from .label_graph import SPARSE_FROM, Matrix
from .sources.label_source import LabelSource

# ML-GCN's guard against labels that keep no edge.
EPSILON = 1e-6


def _where(targets: Matrix, test: Callable) -> sparse.csr_array:
    """CSR table of int64 ones where the entry of a sample passes the test."""
    found = sparse.csr_array(targets, dtype=np.int64, copy=True)
    found.data[:] = test(found.data)
    found.eliminate_zeros()
    return found


def count_cooccurrence(targets: Matrix) -> Tuple[sparse.csr_array, np.ndarray]:
    """Count pairs of labels in a table of samples.

    Args:
        targets: n x N array or CSR array; above 0 where the sample holds the label, -1 where that is unknown.

    Returns:
        M, N x N int64 CSR: samples that hold both labels, 0 on the diagonal; and the N numbers of samples that hold
        each label.
    """
    held = _where(targets, lambda values: values > 0)
    pairs = sparse.csr_array(held.T @ held)
    numbers = np.asarray(held.sum(axis=0)).ravel().astype(np.int64)
    pairs.setdiag(0)
    pairs.eliminate_zeros()
    return pairs, numbers


def count_known(targets: Matrix) -> Optional[Tuple[sparse.csr_array, sparse.csr_array, np.ndarray]]:
    """What the estimators divide by in a table with unknown labels.

    A pair of labels is counted in the samples of which both labels are known.

    Args:
        targets: As in :func:`count_cooccurrence`.

    Returns:
        None where every label of every sample is known. Otherwise, at the pairs that occur, n_ij: the samples that
        hold label i and of which label j is known; k_ij: the samples of which both are known; and the N numbers of
        samples of which each label is known.
    """
    unknown = None if targets.dtype.kind in 'ub' else _where(targets, lambda values: values < 0)
    if unknown is None or not unknown.nnz:
        return None
    n, held = targets.shape[0], _where(targets, lambda values: values > 0)
    pairs = sparse.coo_array(held.T @ held)
    rows, columns = pairs.row, pairs.col
    lacking, numbers = np.asarray(unknown.sum(axis=0)).ravel(), np.asarray(held.sum(axis=0)).ravel()
    held_only = numbers[rows] - _at(held.T @ unknown, rows, columns)
    both = n - lacking[rows] - lacking[columns] + _at(unknown.T @ unknown, rows, columns)
    return (sparse.csr_array((held_only, (rows, columns)), shape=pairs.shape),
            sparse.csr_array((both, (rows, columns)), shape=pairs.shape), n - lacking)


def _at(counted, rows: np.ndarray, columns: np.ndarray):
    """Entries of an N x N matrix, or those of the rows of N numbers, or a number that holds for every pair."""
    if sparse.issparse(counted):
        return np.asarray(sparse.csr_matrix(counted)[rows, columns]).ravel()
    return counted if np.ndim(counted) == 0 else counted[rows]


def counts(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int) -> sparse.csr_array:
    """M itself."""
    return pairs.astype(np.float64)


def conditional(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int) -> sparse.csr_array:
    """P_ij = M_ij / n_i, the share of the samples with label i that hold label j as well."""
    result = pairs.tocoo().astype(np.float64)
    # A pair that was counted proves n_i > 0, but released files are read here too.
    result.data /= np.maximum(_at(numbers, result.row, result.col), 1)
    return result.tocsr()


def pmi(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int) -> sparse.csr_array:
    """Positive pointwise mutual information, max(0, log(n M_ij / (n_i n_j))), natural logarithm."""
    result = pairs.tocoo().astype(np.float64)
    rows, columns = result.row, result.col
    expected = _at(numbers, rows, columns).astype(np.float64) * _at(numbers, columns, rows)
    result.data = np.maximum(np.log(_at(num_samples, rows, columns) * result.data / expected), 0)
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
    return sparse.csr_array(binary + sparse.identity(len(numbers)))


def mlgcn_paper(pairs: sparse.csr_array, numbers: np.ndarray, num_samples: int, t: float = 0.4,
                p: float = 0.25) -> sparse.csr_array:
    """ML-GCN's re-weighted binary graph as its paper words it.

    p B_ij / sum_j B_ij, a sum along each row, off the diagonal, and 1 - p on it.
    """
    binary = _binary(pairs, numbers, num_samples, t)
    binary.data = p / np.bincount(binary.row)[binary.row]
    return sparse.csr_array(binary + (1 - p) * sparse.identity(len(numbers)))


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


@TASK_UTILS.register_module()
class CooccurrenceGraph:
    """A_S from a data set's labels.

    Args:
        source: A :class:`LabelSource`, or its config: ``CocoLabels``, ``CharadesLabels``, ``VOCLabels``,
            ``LabelTable``, ``DatasetLabels`` or one of your own.
        estimator: ``'mlgcn'`` (released code), ``'mlgcn_paper'``, ``'conditional'``, ``'pmi'``, ``'counts'``.
        t: Conditional probability from which ML-GCN's estimators keep an edge.
        p: Weight that ML-GCN's estimators give to all neighbours together.
        symmetric: None, ``'mean'`` or ``'max'``. Conditional probabilities and ML-GCN's estimators differ by
            direction; the Charades graph that the paper's authors released is symmetric.
    """

    def __init__(self, source: Union[dict, LabelSource], estimator: str = 'mlgcn', t: float = 0.4,
                 p: float = 0.25, symmetric: Optional[str] = None, reading: Optional[str] = None) -> None:
        if reading is not None:
            raise ValueError(f'the argument reading={reading!r} is called estimator={reading!r} now')
        if estimator not in ESTIMATORS:
            raise ValueError(f'estimator must be one of {sorted(ESTIMATORS)}, got {estimator!r}')
        # At t = 0 every pair, seen or not, would be an edge.
        if not 0 < t <= 1 or not 0 <= p <= 1:
            raise ValueError(f't must be in (0, 1] and p in [0, 1], got t={t!r}, p={p!r}')
        symmetrize(sparse.csr_array((1, 1)), symmetric)
        self.source = TASK_UTILS.build(source) if isinstance(source, dict) else source
        if not isinstance(self.source, LabelSource):
            raise ValueError(f'the label source {type(self.source).__name__} needs the methods load() and concepts(): '
                             'inherit from kssnet_mm.graphs.LabelSource')
        self.estimator = estimator
        self.settings = dict(t=t, p=p) if estimator.startswith('mlgcn') else {}
        self.symmetric = symmetric

    def build(self, labels: Optional[Sequence[str]] = None) -> Tuple[list, Matrix, dict]:
        """Load the source and estimate A_S from its counts.

        Args:
            labels: N labels in the order of the graph, matched by name; the source may have others, which
                are left out. None: the source's own.

        Returns:
            The labels, A_S (N x N float32, CSR from ``SPARSE_FROM`` labels on), and a summary: ``samples``,
            ``labelled_samples``, ``labels_without_samples``, and ``label_counts``, N x 2, of ``LabelGraph``.

        Raises:
            LabelMismatchError: The source lacks a label.
        """
        names, targets = self.source.load()
        if labels is not None:
            where = f'the label source {type(self.source).__name__}'
            targets = targets[:, match_labels(labels, names, subset=True, where=where)]
            names = list(labels)
        pairs, numbers = count_cooccurrence(targets)
        n = targets.shape[0]
        held, samples, known = count_known(targets) or (numbers, n, np.full_like(numbers, n))
        matrix = estimate(pairs, held, samples, self.estimator, self.symmetric, **self.settings)
        labelled = np.asarray((targets > 0).sum(axis=1)).ravel() > 0
        summary = dict(samples=int(targets.shape[0]), labelled_samples=int(labelled.sum()),
                       labels_without_samples=[n for n, c in zip(names, numbers) if c == 0],
                       label_counts=np.stack([numbers, known], axis=1))
        return list(names), matrix.astype(np.float32), summary
