"""From related concepts to related labels."""
from collections import defaultdict
from typing import Dict, List, Sequence, Tuple

import numpy as np
from scipy import sparse

from ..label_graph import SPARSE_FROM, Matrix


class ConceptIndex:
    """Which labels each concept stands for.

    Args:
        forms: For each of N labels, the concepts that it may be called, UTF-8.

    Attributes:
        ids: Concept -> its number k.
        names: The concepts by number.
    """

    def __init__(self, forms: Sequence[Sequence[bytes]]) -> None:
        labels: Dict[bytes, List[int]] = defaultdict(list)
        for position, names in enumerate(forms):
            for name in dict.fromkeys(names):
                labels[name].append(position)
        self.num_labels = len(forms)
        self.names = list(labels)
        self.ids = {name: number for number, name in enumerate(self.names)}
        self._labels = np.array([p for positions in labels.values() for p in positions], dtype=np.int64)
        self._begin = np.cumsum([0] + [len(positions) for positions in labels.values()], dtype=np.int64)

    def labels_of(self, concepts: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """(k, label) for each label of each of the K ``concepts``; k counts from 0 to K - 1."""
        sizes = (self._begin[1:] - self._begin[:-1])[concepts]
        which = np.repeat(np.arange(len(concepts)), sizes)
        within = np.arange(len(which)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return which, self._labels[self._begin[concepts][which] + within]

    def matrix(self, starts: np.ndarray, ends: np.ndarray, weights: np.ndarray, self_loops: bool,
               symmetric: bool) -> Matrix:
        """[A_K]_ij = the largest weight between a concept of i and one of j.

        Args:
            starts, ends: K numbers of concepts.
            weights: K weights >= 0.
            self_loops: Whether a label's own concepts relate it to itself.
            symmetric: Whether a relation from i to j counts from j to i too.

        Returns:
            float32 (N, N), CSR from ``SPARSE_FROM`` labels on, without a dense array in between.
        """
        which, rows = self.labels_of(np.asarray(starts, dtype=np.int64))
        again, columns = self.labels_of(np.asarray(ends, dtype=np.int64)[which])
        rows, weights = rows[again], np.asarray(weights, dtype=np.float32)[which[again]]
        if symmetric:
            rows, columns = np.concatenate([rows, columns]), np.concatenate([columns, rows])
            weights = np.concatenate([weights, weights])
        if not self_loops:
            rows, columns, weights = (part[rows != columns] for part in (rows, columns, weights))
        rows, columns, weights = largest(rows, columns, weights, self.num_labels)
        shape = (self.num_labels, self.num_labels)
        if self.num_labels >= SPARSE_FROM:
            return sparse.csr_array((weights, (rows, columns)), shape=shape)
        matrix = np.zeros(shape, dtype=np.float32)
        matrix[rows, columns] = weights
        return matrix


def largest(rows: np.ndarray, columns: np.ndarray, weights: np.ndarray,
            size: int) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each (row, column) once with its largest weight, in order; columns lie below ``size``."""
    if not len(rows):
        return rows, columns, weights
    keys = rows.astype(np.int64) * size + columns
    order = np.argsort(keys, kind='stable')
    keys = keys[order]
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[begins] // size, keys[begins] % size, np.maximum.reduceat(weights[order], begins)
