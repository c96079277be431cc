"""Matching labels by their names."""
from typing import Dict, List, Sequence

import numpy as np

from .io import few, listed


class LabelMismatchError(ValueError):
    """Two lists of labels do not hold the same names; the message names the differences."""


def canonical_label(name: str) -> str:
    """The form in which names are compared: ``'Traffic_Light '`` equals ``'traffic light'``."""
    return ' '.join(str(name).replace('_', ' ').split()).casefold()


def repeated(names: Sequence[str]) -> List[str]:
    """The names that come more than once, each once, in their order."""
    counts = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return [name for name, count in counts.items() if count > 1]


def index_labels(labels: Sequence[str]) -> Dict[str, int]:
    """Canonical name -> position.

    Raises:
        LabelMismatchError: Two labels are the same name.
    """
    index: Dict[str, int] = {}
    for position, label in enumerate(labels):
        name = canonical_label(label)
        if name in index:
            raise LabelMismatchError(f'label {label!r} at position {position} repeats '
                                     f'{labels[index[name]]!r} at position {index[name]}')
        index[name] = position
    return index


def check_places(names: Sequence[str], own: Sequence[str], whose: str, where: str) -> None:
    """Refuse a list of names if one of them stands elsewhere in another list: the columns of one are then not those of
    the other. Names that the other list does not have, such as translations, may stand anywhere.

    Args:
        names: Those given.
        own: N names.
        whose: What the given names are, for the error.
        where: What the N names belong to, for the error.

    Raises:
        LabelMismatchError: Names what stands elsewhere.
    """
    index = {canonical_label(name): position for position, name in enumerate(own)}
    moved = [f'{i} is {name!r} in {whose} and {own[i]!r} in {where}' for i, name in enumerate(names)
             if i < len(own) and index.get(canonical_label(name), i) != i]
    if moved:
        raise LabelMismatchError(f'{whose} has names of {where} in another order: {listed(moved, 5, "; ")}')


def match_labels(wanted: Sequence[str], available: Sequence[str], subset: bool = False,
                 where: str = 'the graph') -> np.ndarray:
    """Positions in ``available`` of each of the ``wanted`` labels, by name.

    Args:
        wanted: M labels.
        available: N labels.
        subset: Whether ``available`` may hold other labels too.
        where: What ``available`` belongs to, for the error.

    Returns:
        M positions, int64.

    Raises:
        LabelMismatchError: Names what ``available`` lacks and, unless ``subset``, what it has beyond.
    """
    asked, index = index_labels(wanted), index_labels(available)
    missing = [label for label in wanted if canonical_label(label) not in index]
    unexpected = [] if subset else [label for label in available if canonical_label(label) not in asked]
    parts = [f'it lacks {len(missing)}: {few(missing, 10)}'] * bool(missing)
    parts += [f'it has {len(unexpected)} that were not asked for: {few(unexpected, 10)}'] * bool(unexpected)
    if parts:
        raise LabelMismatchError(f'the labels of {where} do not match; ' + '; '.join(parts))
    return np.array([index[name] for name in asked], dtype=np.int64)
