"""The file in which tools/test.py keeps scores, for scoring them again without a model."""
from dataclasses import dataclass
from typing import List, Optional

import numpy as np

from kssnet_mm.files import PathLike, whole_file


@dataclass
class ScoreFile:
    """Scores of a data set.

    Attributes:
        scores: n x N probabilities.
        targets: n x N of 1, 0, -1; None where nobody knows them.
        classes: N names, or None.
        ids: n names of samples, or None.
    """
    scores: np.ndarray
    targets: Optional[np.ndarray] = None
    classes: Optional[List[str]] = None
    ids: Optional[List[str]] = None


def write_score_file(path: PathLike, content: ScoreFile) -> None:
    """Write ``.npz`` without pickles, under a temporary name first."""
    arrays = {k: np.asarray(v) for k, v in vars(content).items() if v is not None}
    with whole_file(path) as temporary, open(temporary, 'wb') as stream:
        np.savez_compressed(stream, **arrays)


def read_score_file(path: PathLike) -> ScoreFile:
    """Read what :func:`write_score_file` wrote, or any npz with ``scores`` (and ``targets``).

    Raises:
        ValueError: There are no scores in it, or a pickle; names the file.
    """
    with np.load(path, allow_pickle=False) as stored:
        if 'scores' not in stored.files:
            raise ValueError(f"{path} holds {stored.files}, not 'scores'")
        named = {name: stored[name] for name in ('scores', 'targets', 'classes', 'ids')
                 if name in stored.files}
    for name in ('classes', 'ids'):
        if name in named:
            named[name] = named[name].tolist()
    return ScoreFile(**named)
