"""Counts of labels that can be added and taken away, as folds of the training samples are left out."""
from typing import NamedTuple

import numpy as np

from kssnet_mm.graphs.cooccurrence import count_cooccurrence


class Counts(NamedTuple):
    """M (N x N), n_i (N,) and the number of samples."""
    pairs: np.ndarray
    numbers: np.ndarray
    samples: int

    @classmethod
    def of(cls, targets: np.ndarray) -> 'Counts':
        """Of n x N targets; unknown ones (-1) count as not held."""
        held = (targets if not isinstance(targets, np.ndarray) else targets == 1)
        pairs, numbers = count_cooccurrence(held)
        return cls(pairs.toarray(), numbers, held.shape[0])

    def plus(self, other: 'Counts') -> 'Counts':
        """Of both sets of samples."""
        return Counts(*(a + b for a, b in zip(self, other)))

    def minus(self, other: 'Counts') -> 'Counts':
        """Without the other samples, which must be among these."""
        return Counts(*(a - b for a, b in zip(self, other)))
