"""Stored predictions of our tools and of the test tools of mmpretrain and mmaction2."""
import os
from typing import List

import numpy as np

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.safe_pickle import read_safe_pickle

from .functional import ScoreFile, read_score_file
from .metrics.sample_ids import sample_name, unique_ids
from .metrics.samples import sample_scores, sample_targets

PICKLES = ('.pkl', '.pickle')


def read_pickled_results(path: PathLike) -> List[dict]:
    """The samples that ``tools/test.py --out FILE.pkl`` (mmpretrain) or ``--dump`` (mmaction2) wrote.

    Returns:
        One dict a sample, with numpy arrays in place of tensors.

    Raises:
        ValueError: :func:`read_safe_pickle` refuses the file, or it is no list of dicts.
    """
    results = read_safe_pickle(path)
    if not isinstance(results, list) or not results or not all(isinstance(item, dict) for item in results):
        raise ValueError(f"{os.fspath(path)} holds no list of samples: mmpretrain's tools/test.py writes one with "
                         "--out-item pred, mmaction2's with --dump")
    return results


def read_dump(path: PathLike) -> ScoreFile:
    """Read scores from an ``.npz``, or from the ``.pkl`` that the test tools of mmpretrain and mmaction2 write.

    A pickle holds no class names, and ids only where its samples have ids or paths that differ.

    Raises:
        ValueError: ``read_score_file`` or ``read_pickled_results`` refuses the file, or samples have no scores or
            different numbers of them; names the file.
    """
    if not os.fspath(path).endswith(PICKLES):
        return read_score_file(path)
    samples = read_pickled_results(path)
    try:
        scores = [sample_scores(sample) for sample in samples]
        lengths = sorted({len(row) for row in scores})
        if len(lengths) > 1:
            raise ValueError(f'its samples have {" and ".join(map(str, lengths))} scores')
        targets = [sample_targets(sample, lengths[0]) for sample in samples]
    except ValueError as error:
        raise ValueError(f'{os.fspath(path)}: {error}') from error
    try:
        ids = unique_ids([sample_name(sample) for sample in samples])
    except ValueError:  # mmaction2 only stores the paths if meta_keys names them
        ids = None
    known = all(row is not None for row in targets)
    return ScoreFile(np.stack(scores), np.stack(targets) if known else None, None, ids)
