"""The statistical graph A_S: how often labels occur together in a data set."""
from typing import Callable, Optional, Sequence, Tuple, Union

import numpy as np
from scipy import sparse

from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.labels import match_labels

from .estimators import ESTIMATORS, entries_at, estimate, symmetrize
from .label_graph import Matrix
from .sources.label_source import LabelSource


def _where(targets: Matrix, test: Callable) -> sparse.csr_array:
    """CSR table of int64 ones where the entry of a sample passes the test."""
    found = sparse.csr_array(targets, copy=True)
    found.data = test(found.data).astype(np.int64)  # the test first: a share such as .5 would become 0
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
    held_only = numbers[rows] - entries_at(held.T @ unknown, rows, columns)
    both = n - lacking[rows] - lacking[columns] + entries_at(unknown.T @ unknown, rows, columns)
    return (sparse.csr_array((held_only, (rows, columns)), shape=pairs.shape),
            sparse.csr_array((both, (rows, columns)), shape=pairs.shape), n - lacking)


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
