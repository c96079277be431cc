"""Decision thresholds that maximise F1 on a validation set."""
from typing import Optional, Sequence, Tuple

import numpy as np

from .checks import check_scores

OBJECTIVES = ('per_class', 'overall')


def _cuts(scores: np.ndarray, targets: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For one class and every possible threshold: right predictions, all predictions, and the threshold.

    The thresholds lie between two different scores, above the highest, and below the lowest.
    """
    known = targets >= 0
    scores, targets = scores[known], targets[known]
    levels = np.unique(scores)[::-1]
    # Between two scores: a threshold in the middle keeps both sides at a distance, unless it rounds to the lower one.
    middle = (levels[:-1] + levels[1:]) / 2
    thresholds = np.concatenate([np.where(middle > levels[1:], middle, levels[:-1]), [0.]])[:len(levels)]
    if not len(levels) or levels[0] < 1:  # a score of 1 is at every threshold
        thresholds = np.concatenate([[1.], thresholds])
    ranked, ranked_right = np.sort(scores), np.sort(scores[targets == 1])
    named, right = (len(found) - np.searchsorted(found, thresholds) for found in (ranked, ranked_right))
    return right, named, thresholds


def tune_thresholds(scores: np.ndarray, targets: np.ndarray, objective: str = 'per_class',
                    ids: Optional[Sequence[str]] = None) -> np.ndarray:
    """One threshold a class, in [0, 1]; a label is predicted where score >= threshold.

    Args:
        scores: n x N probabilities.
        targets: n x N of 1, 0 and -1 (ignore).
        objective: 'per_class' maximises every class's own F1 (and so CF1_macro); 'overall' maximises OF1
            over all choices of N thresholds, by Dinkelbach's method for ratios: for the best ratio l,
            every class by itself maximises 2 right - l named.
        ids: n names of the samples, for messages.

    Returns:
        (N,) float64. A class without positives gets 1.

    Raises:
        ValueError: What ``check_scores`` refuses, scores outside [0, 1], or an unknown objective.
    """
    if objective not in OBJECTIVES:
        raise ValueError(f'objective must be one of {OBJECTIVES}, got {objective!r}')
    check_scores(scores, targets, ids)
    if ((scores < 0) | (scores > 1)).any():
        raise ValueError('scores have to be probabilities: thresholds lie between 0 and 1')
    cuts = [_cuts(scores[:, i], targets[:, i]) for i in range(scores.shape[1])]
    total = (targets == 1).sum(axis=0)
    if objective == 'per_class':
        best = [int(np.argmax(2 * right / np.maximum(named + total[i], 1)))
                for i, (right, named, _) in enumerate(cuts)]
    else:
        ratio = 0.0
        while True:
            best = [int(np.argmax(2 * right - ratio * named)) for right, named, _ in cuts]
            right = sum(int(c[0][b]) for c, b in zip(cuts, best))
            named = sum(int(c[1][b]) for c, b in zip(cuts, best))
            new = 2 * right / max(named + total.sum(), 1)
            if new <= ratio:
                break
            ratio = new
    found = np.array([thresholds[b] for (_, _, thresholds), b in zip(cuts, best)])
    return np.where(total == 0, 1., found)  # also where a score of 1 keeps 1 from being a cut
