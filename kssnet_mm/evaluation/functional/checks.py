"""Checks of scores and targets before any protocol is computed."""
import warnings
from typing import Optional, Sequence

import numpy as np


def check_scores(scores: np.ndarray, targets: np.ndarray, ids: Optional[Sequence[str]] = None) -> None:
    """Refuse scores and targets of which no protocol can be computed.

    Args:
        scores: n x N.
        targets: n x N.
        ids: n names of the samples, for messages.

    Raises:
        ValueError: Shapes that differ, targets outside {1, 0, -1} or a NaN score; names the sample.
    """
    if scores.shape != targets.shape or scores.ndim != 2:
        raise ValueError(f'scores {scores.shape} and targets {targets.shape} must both be n x N')
    if np.isnan(scores).any():
        sample, label = np.argwhere(np.isnan(scores))[0]
        raise ValueError(f'the score of sample {_name(sample, ids)}, class {label} is NaN')
    wrong = (targets != 0) & (targets != 1) & (targets != -1)
    if wrong.any():
        sample, label = np.argwhere(wrong)[0]
        raise ValueError(f'the target of sample {_name(sample, ids)}, class {label} is {targets[sample, label]}; '
                         'targets are 1, 0 or -1 (ignore)')


def _name(sample: int, ids: Optional[Sequence[str]]) -> str:
    return str(sample) if ids is None else f'{sample} ({ids[sample]})'


def warn_unless_probabilities(scores: np.ndarray, thr) -> None:
    """Warn if scores (n x N) lie outside [0, 1]; minus infinity is a missing score and does not count."""
    outside = (scores > 1) | ((scores < 0) & (scores > -np.inf))
    if outside.any():
        sample, label = np.argwhere(outside)[0]
        shown = 'thresholds by class' if np.ndim(thr) else f'thr={thr:g}'
        warnings.warn(f'{outside.sum()} of {scores.size} scores are no probabilities, as {scores[sample, label]:g} '
                      f'of sample {sample}, class {label}: {shown} is meant for probabilities, so CP, CR, CF1, '
                      'CF1_macro, OP, OR, OF1 and their top-k forms mean nothing unless the scores pass through '
                      'a sigmoid first; mAP and the other means of AP do not depend on it')
