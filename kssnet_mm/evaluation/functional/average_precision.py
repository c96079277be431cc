"""Average precision in the forms that this field calls mAP; numpy, all classes at once."""
import numpy as np

# Classes per block: bounds the memory of the sorts.
BLOCK = 64


def check_scores(scores: np.ndarray, targets: np.ndarray) -> None:
    """Raise ValueError for shapes that differ, targets outside {1, 0, -1} and NaN scores."""
    if scores.shape != targets.shape or scores.ndim != 2:
        raise ValueError(f'scores {scores.shape} and targets {targets.shape} must both be n x N')
    if np.isnan(scores).any():
        sample, label = np.argwhere(np.isnan(scores))[0]
        raise ValueError(f'the score of sample {sample}, class {label} is NaN')
    wrong = ~np.isin(targets, (-1, 0, 1))
    if wrong.any():
        sample, label = np.argwhere(wrong)[0]
        raise ValueError(f'the target of sample {sample}, class {label} is {targets[sample, label]}; '
                         'targets are 1, 0 or -1 (ignore)')


def _ap_block(scores: np.ndarray, targets: np.ndarray, kind: str) -> np.ndarray:
    order = np.argsort(-scores, axis=0, kind='stable')
    sorted_targets = np.take_along_axis(targets, order, axis=0)
    positive = sorted_targets == 1
    hits = np.cumsum(positive, axis=0, dtype=np.int64)
    ranks = np.cumsum(sorted_targets >= 0, axis=0, dtype=np.int64)  # ignored samples take no rank
    if kind == 'sklearn':
        # A tie is one threshold: all of it has the precision at its last member.
        sorted_scores = np.take_along_axis(scores, order, axis=0)
        last = np.ones(scores.shape, dtype=bool)
        last[:-1] = sorted_scores[:-1] != sorted_scores[1:]
        n = np.arange(len(scores))[:, None]
        ends = np.where(last, n, len(scores))
        ends = np.minimum.accumulate(ends[::-1], axis=0)[::-1]
        hits_at, ranks_at = (np.take_along_axis(a, ends, axis=0) for a in (hits, ranks))
    else:
        hits_at, ranks_at = hits, ranks
    precision = hits_at / np.maximum(ranks_at, 1)
    if kind == 'voc':
        precision = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
    total = positive.sum(axis=0)
    return np.where(total > 0, (precision * positive).sum(axis=0) / np.maximum(total, 1), np.nan)


def average_precision(scores: np.ndarray, targets: np.ndarray, kind: str = 'plain') -> np.ndarray:
    """AP of every class.

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
    if kind not in ('plain', 'sklearn', 'voc'):
        raise ValueError(f"kind must be 'plain', 'sklearn' or 'voc', got {kind!r}")
    check_scores(scores, targets)
    blocks = [_ap_block(scores[:, i:i + BLOCK], targets[:, i:i + BLOCK], kind)
              for i in range(0, scores.shape[1], BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros(0)


def sample_average_precision(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """AP of every SAMPLE over its classes with the precision envelope.

    What the authors' released KSSNet code reports as mAP is the mean of these: another quantity
    than a mean over classes. NaN for a sample without labels.
    """
    return average_precision(scores.T, targets.T, 'voc')
