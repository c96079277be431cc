"""The file in which tools/test.py keeps scores, for scoring them again without a model."""
import os
import zlib
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence
from zipfile import BadZipFile

import numpy as np

from kssnet_mm.utils.io import PathLike, write_arrays


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
    try:
        with np.load(path, allow_pickle=False) as stored:
            found = list(stored.files)
            named = {name: stored[name] for name in names if name in found}
    except FileNotFoundError:
        raise
    # the file is no zip, is cut, holds a pickle, or is a bare .npy, which np.load opens as an array
    except (ValueError, OSError, EOFError, KeyError, TypeError, AttributeError, BadZipFile, zlib.error) as error:
        raise ValueError(f'{path} is not a readable .npz file: {error or type(error).__name__}') from error
    if needed not in named:
        raise ValueError(f'{path} holds {found}, not {needed!r}')
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
