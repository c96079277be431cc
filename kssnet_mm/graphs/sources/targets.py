"""Tables of samples by labels, and their storage."""
from itertools import chain
from typing import Collection, List, Optional, Sequence, Tuple

import numpy as np
from scipy import sparse

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.utils.io import few
from kssnet_mm.utils.labels import match_labels


def targets_from_sets(held: Sequence[Collection[int]], num_labels: int,
                      unknown: Optional[Sequence[Collection[int]]] = None) -> sparse.csr_array:
    """n x N CSR table of what n samples hold: ones, zeros and -1 (unknown).

    Args:
        held: Of each sample the positions of its labels.
        num_labels: Number of labels, N.
        unknown: Of each sample the positions of labels of which nobody knows whether it holds them, which are not
            among those it holds.

    Returns:
        uint8, or int8 where a label is unknown.
    """
    table = targets_from_csr(*_rows(held, num_labels), num_labels)
    if unknown is None or not any(map(len, unknown)):
        return table
    missing = targets_from_csr(*_rows(unknown, num_labels), num_labels).astype(np.int8)
    return sparse.csr_array(table.astype(np.int8) - missing)


def _rows(held: Sequence[Collection[int]], num_labels: int) -> Tuple[np.ndarray, np.ndarray]:
    """``indices`` and ``indptr`` of positions by sample."""
    indptr = np.cumsum([0, *map(len, held)])
    columns = np.fromiter(chain.from_iterable(held), dtype=np.int64, count=indptr[-1])
    wrong = columns[(columns < 0) | (columns >= num_labels)]
    if wrong.size:
        raise ValueError(f'label index {wrong[0]} is outside 0..{num_labels - 1}')
    return columns, indptr


def targets_from_array(array: np.ndarray, num_labels: int, packed: bool = False) -> sparse.csr_array:
    """n x N CSR table of ones, zeros and -1 (unknown): uint8, or int8 where a label is unknown.

    Args:
        array: n x N, above 0 where the sample holds the label, below 0 where that is unknown; n x ceil(N / 8) uint8
            where ``packed``.
        num_labels: Number of labels, N.
        packed: Whether ``np.packbits(axis=1)`` made the array.
    """
    # In pieces of at most 64 MiB, so that with many labels no second table of the same size is made.
    step = max(1, (1 << 26) // max(num_labels, 1))
    kind = np.int8 if not packed and len(array) and np.min(array) < 0 else np.uint8
    pieces = []
    for begin in range(0, max(len(array), 1), step):
        piece = array[begin:begin + step]
        piece = np.unpackbits(piece, axis=1, count=num_labels) if packed else (piece > 0) - (piece < 0).astype(kind)
        pieces.append(sparse.csr_array(piece))
    return sparse.csr_array(sparse.vstack(pieces))


def targets_from_csr(indices: np.ndarray, indptr: np.ndarray, num_labels: int) -> sparse.csr_array:
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


def select(labels: Sequence[str], targets: sparse.csr_array, classes: Sequence[str] = None,
           keep_unlabelled: bool = False, where: str = 'the label source') -> Tuple[List[str], sparse.csr_array]:
    """The asked classes' columns, by name, and the samples that hold any of them.

    Args:
        labels: N names.
        targets: n x N, CSR.
        classes: M names in any order, or a class list file; None: all.
        keep_unlabelled: Whether samples without any label stay. They matter to the estimator ``'pmi'`` and to the label
            frequencies, which divide by the number of samples.
        where: For the error.

    Raises:
        LabelMismatchError: A class is not among the labels.
        ValueError: No sample is left.
    """
    classes = class_names(classes)
    if classes is not None:
        targets = targets[:, match_labels(classes, labels, subset=True, where=where)]
        labels = classes
    if not keep_unlabelled:
        total = targets.shape[0]
        targets = targets[np.flatnonzero(np.asarray((targets > 0).sum(axis=1)).ravel())]
        if not targets.shape[0]:
            raise ValueError(f'{where}: no sample is left: none of its {total} samples holds any of the {len(labels)} '
                             f'labels ({few(labels)})')
    return list(labels), targets
