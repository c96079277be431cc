"""Counts of labels that can be added and taken away, as folds of the training samples are left out."""
from typing import NamedTuple, Union

import numpy as np
from scipy import sparse

from kssnet_mm.graphs.cooccurrence import count_cooccurrence
from kssnet_mm.graphs.estimators import estimate


class Counts(NamedTuple):
    """What ``CooccurrenceGraph`` counts, at all pairs of labels.

    Attributes:
        pairs: M, N x N.
        numbers: n_i, (N,).
        samples: n.
        half_known: N x N, samples that hold i and of which j is unknown; 0 where no entry is unknown.
        unknown: N x N, samples of which i and j are unknown, on the diagonal those of which i is; 0 likewise.
    """
    pairs: np.ndarray
    numbers: np.ndarray
    samples: int
    half_known: Union[np.ndarray, int] = 0
    unknown: Union[np.ndarray, int] = 0

    @classmethod
    def of(cls, targets: np.ndarray) -> 'Counts':
        """Of n x N targets of 1, 0 and -1 (unknown)."""
        pairs, numbers = count_cooccurrence(targets)
        unknown = sparse.csr_array(targets < 0, dtype=np.int64)
        if not unknown.nnz:
            return cls(pairs.toarray(), numbers, len(targets))
        held = sparse.csr_array(targets > 0, dtype=np.int64)
        return cls(pairs.toarray(), numbers, len(targets), (held.T @ unknown).toarray(),
                   (unknown.T @ unknown).toarray())

    def plus(self, other: 'Counts') -> 'Counts':
        """Of both sets of samples."""
        return Counts(*(a + b for a, b in zip(self, other)))

    def minus(self, other: 'Counts') -> 'Counts':
        """Without the other samples, which must be among these."""
        return Counts(*(a - b for a, b in zip(self, other)))

    def estimate(self, estimator: str) -> np.ndarray:
        """A_S, N x N, as ``CooccurrenceGraph`` estimates it: a pair counts in the samples of which both are known."""
        numbers, samples = self.numbers, self.samples
        if np.any(self.unknown):
            lacking = np.diag(self.unknown)
            numbers = sparse.csr_array(numbers[:, None] - self.half_known)
            samples = sparse.csr_array(samples - lacking[:, None] - lacking + self.unknown)
        matrix = estimate(self.pairs, numbers, samples, estimator)
        return matrix.toarray() if sparse.issparse(matrix) else matrix
