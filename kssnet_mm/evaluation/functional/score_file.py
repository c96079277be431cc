"""The file in which tools/test.py keeps scores, for scoring them again without a model."""
import os
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence

import numpy as np

from kssnet_mm.utils.io import PathLike, few, write_arrays
from kssnet_mm.utils.npz_files import read_npz


@dataclass
class ScoreFile:
    """Scores of a data set.

    Attributes:
        scores: n x N probabilities.
        targets: n x N of 1, 0, -1; None if they are not known.
        classes: N names, or None.
        ids: n names of samples, or None.
    """
    scores: np.ndarray
    targets: Optional[np.ndarray] = None
    classes: Optional[List[str]] = None
    ids: Optional[List[str]] = None


@dataclass
class TargetFile:
    """Targets, as in :class:`ScoreFile`, whose scores are in another file."""
    targets: np.ndarray
    classes: Optional[List[str]] = None
    ids: Optional[List[str]] = None


def write_score_file(path: PathLike, content: ScoreFile) -> None:
    """Write ``.npz`` without pickles, under a temporary name first."""
    write_arrays(path, **{k: np.asarray(v) for k, v in vars(content).items() if v is not None})


def read_score_file(path: PathLike) -> ScoreFile:
    """Read what :func:`write_score_file` wrote, or any npz with ``scores`` (and ``targets``).

    Raises:
        ValueError: It is no whole npz, there are no scores in it, or shapes do not agree; names the file.
    """
    return ScoreFile(**_arrays(path, 'scores', ('scores', 'targets', 'classes', 'ids')))


def read_target_file(path: PathLike) -> TargetFile:
    """Read any npz with ``targets``, of which ``classes`` and ``ids`` are read too.

    Raises:
        ValueError: As :func:`read_score_file`.
    """
    return TargetFile(**_arrays(path, 'targets', ('targets', 'classes', 'ids')))


def _arrays(path: PathLike, needed: str, names: Sequence[str]) -> Dict[str, object]:
    """The named arrays of an npz; classes and ids as lists. Shapes are those of ``needed``, n x N."""
    path = os.fspath(path)
    named = read_npz(path, 'not a readable .npz file', names)
    if needed not in named:
        raise ValueError(f'{path} has {few(list(named)) or "none"} of {few(names, 4)}, not {needed!r}')
    shape = named[needed].shape
    if len(shape) != 2:
        raise ValueError(f'{path}: {needed} have shape {shape}, expected samples x classes')
    for name, expected in (('targets', shape), ('classes', shape[1:]), ('ids', shape[:1])):
        if name in named and named[name].shape != expected:
            raise ValueError(f'{path}: {name} have shape {named[name].shape}, {needed} {shape}: expected {expected}')
    for name in ('scores', 'targets'):
        if name in named and named[name].dtype.kind not in 'biuf':
            raise ValueError(f'{path}: {name} are of type {named[name].dtype}, expected numbers')
    return {name: array.tolist() if name in ('classes', 'ids') else array for name, array in named.items()}
