"""Average precision in the forms that this field calls mAP."""
from typing import Dict

import numpy as np

from .checks import check_scores

KINDS = ('plain', 'sklearn', 'voc')
# Number of entries that are sorted at once, which bounds the memory.
CHUNK = 1 << 20


def _row_precisions(scores: np.ndarray, targets: np.ndarray) -> Dict[str, np.ndarray]:
    """AP of each row in all kinds, NaN for a row without positives. Tied scores keep their order."""
    order = np.argsort(-scores.astype(np.float64), axis=1, kind='stable')
    ranked, hit, known = (np.take_along_axis(table, order, axis=1) for table in (scores, targets == 1, targets >= 0))
    # Ignored entries have no rank.
    precision = np.cumsum(hit, axis=1) / np.maximum(np.cumsum(known, axis=1), 1)
    # Tied scores are one threshold: all of them have the precision at the last of them.
    ends = np.ones_like(hit)
    ends[:, :-1] = ranked[:, 1:] != ranked[:, :-1]
    last = np.where(ends, np.arange(ends.shape[1]), ends.shape[1])
    last = np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1]
    kinds = dict(plain=precision, sklearn=np.take_along_axis(precision, last, axis=1),
                 voc=np.maximum.accumulate((precision * hit)[:, ::-1], axis=1)[:, ::-1])
    total = hit.sum(axis=1)
    with np.errstate(invalid='ignore'):  # 0 / 0 is NaN
        return {kind: (values * hit).sum(axis=1) / total for kind, values in kinds.items()}


def _precisions(scores: np.ndarray, targets: np.ndarray) -> Dict[str, np.ndarray]:
    step = max(1, CHUNK // max(scores.shape[1], 1))
    parts = [_row_precisions(scores[i:i + step], targets[i:i + step]) for i in range(0, max(len(scores), 1), step)]
    return {kind: np.concatenate([part[kind] for part in parts]) for kind in KINDS}


def average_precisions(scores: np.ndarray, targets: np.ndarray) -> Dict[str, np.ndarray]:
    """AP of every class in all kinds of :func:`average_precision`, from one sort."""
    check_scores(scores, targets)
    return _precisions(scores.T, targets.T)


def average_precision(scores: np.ndarray, targets: np.ndarray, kind: str = 'plain') -> np.ndarray:
    """The average precision (AP) of every class.

    Args:
        scores: n x N, higher is more likely.
        targets: n x N of 1, 0 and -1 (ignore).
        kind: 'plain': the mean over positives of the precision at their rank, ties in the order of
            the samples (Charades' official form, ML-GCN, mmpretrain); 'sklearn': ties merged, as
            scikit-learn; 'voc': precision replaced by its envelope, the largest at this rank or a
            later one (VOC 2010 on).

    Returns:
        N values, NaN for a class without positives.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be 'plain', 'sklearn' or 'voc', got {kind!r}")
    return average_precisions(scores, targets)[kind]


def sample_average_precision(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """AP of every SAMPLE over its classes with the precision envelope.

    What the authors' released KSSNet code reports as mAP is the mean of these: another quantity
    than a mean over classes. NaN for a sample without labels. Tied scores are in the order of the classes.
    """
    check_scores(scores, targets)
    return _precisions(scores, targets)['voc']
