"""Tables of samples by labels, and their storage."""
from typing import List, Sequence, Tuple

import numpy as np
from scipy import sparse

from kssnet_mm.utils.labels import match_labels

from ..label_graph import SPARSE_FROM, Matrix


def targets_from_sets(held: Sequence[Sequence[int]], num_labels: int) -> Matrix:
    """n x N uint8 table of the label positions that each of n samples holds.

    A dense array, or a CSR array from ``SPARSE_FROM`` labels on, where the dense one would be n x N bytes
    of almost only zeros.
    """
    lengths = np.fromiter((len(labels) for labels in held), dtype=np.int64, count=len(held))
    columns = np.fromiter((label for labels in held for label in labels), dtype=np.int64,
                          count=int(lengths.sum()))
    if columns.size and not (columns.min() >= 0 and columns.max() < num_labels):
        wrong = columns.min() if columns.min() < 0 else columns.max()
        raise ValueError(f'label index {wrong} is outside 0..{num_labels - 1}')
    rows = np.repeat(np.arange(len(held)), lengths)
    if num_labels < SPARSE_FROM:
        targets = np.zeros((len(held), num_labels), dtype=np.uint8)
        targets[rows, columns] = 1
        return targets
    targets = sparse.csr_array((np.ones(len(columns), dtype=np.uint8), (rows, columns)),
                               shape=(len(held), num_labels))
    # Labels that a sample repeats were added up, and a uint8 may even have wrapped to 0.
    targets.data[:] = 1
    return targets


def targets_from_array(array: np.ndarray, num_labels: int, packed: bool = False) -> Matrix:
    """n x N table of ones, zeros and -1 (unknown), of the storage that :func:`targets_from_sets` has.

    It is uint8, or int8 where a label is unknown.

    Args:
        array: n x N, above 0 where the sample holds the label, below 0 where that is unknown; n x ceil(N / 8) uint8
            where ``packed``.
        num_labels: N.
        packed: Whether ``np.packbits(axis=1)`` made the array.
    """
    # In pieces of at most 64 MiB, so that with many labels no second table of the same size is made.
    step = max(1, (1 << 26) // max(num_labels, 1))
    kind = np.int8 if not packed and len(array) and np.min(array) < 0 else np.uint8
    pieces = []
    for begin in range(0, max(len(array), 1), step):
        piece = array[begin:begin + step]
        piece = np.unpackbits(piece, axis=1, count=num_labels) if packed else (piece > 0) - (piece < 0).astype(kind)
        pieces.append(piece if num_labels < SPARSE_FROM else sparse.csr_array(piece))
    return np.concatenate(pieces) if num_labels < SPARSE_FROM else sparse.csr_array(sparse.vstack(pieces))


def targets_from_csr(indices: np.ndarray, indptr: np.ndarray, num_labels: int) -> Matrix:
    """n x N uint8 CSR table: sample i holds the labels ``indices[indptr[i]:indptr[i + 1]]``.

    Raises:
        ValueError: A position is outside 0..N - 1, or ``indptr`` does not divide ``indices``.
    """
    targets = sparse.csr_array((np.ones(len(indices), dtype=np.uint8), indices, indptr),
                               shape=(len(indptr) - 1, num_labels))
    targets.check_format(full_check=True)  # scipy would read past its arrays later
    targets.sum_duplicates()
    targets.data[:] = 1
    return targets


def select(labels: Sequence[str], targets: Matrix, classes: Sequence[str] = None,
           keep_unlabelled: bool = False, where: str = 'the label source') -> Tuple[List[str], Matrix]:
    """The asked classes' columns, by name, and the samples that hold any of them.

    Args:
        labels: N names.
        targets: n x N.
        classes: M names in any order; None: all.
        keep_unlabelled: Whether samples without any label stay. They only matter to the estimator ``'pmi'``,
            which divides by the number of samples.
        where: For the error.
    """
    if classes is not None:
        targets = targets[:, match_labels(classes, labels, subset=True, where=where)]
        labels = classes
    if not keep_unlabelled:
        targets = targets[np.flatnonzero(np.asarray((targets > 0).sum(axis=1, dtype=np.int64)).ravel())]
    return list(labels), targets
