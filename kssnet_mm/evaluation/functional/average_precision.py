"""Average precision in the forms that this field calls mAP.

Only positives add to an AP, so that the rank of each is all that is needed: one sort of the scores and
binary searches, instead of cumulative sums over all samples.
"""
from typing import Dict

import numpy as np

from .checks import check_scores

KINDS = ('plain', 'sklearn', 'voc')
# Positives whose rows are compared at once: bounds the memory of the sample-wise form.
CHUNK = 8192
# Tied values up to which each is looked up by itself.
FEW_TIES = 40


def _one_class(scores: np.ndarray, targets: np.ndarray) -> Dict[str, float]:
    """All kinds of AP of one class from its scores (n,) and targets (n,), contiguous.

    Ties stand in the order of the samples, except where they are merged.
    """
    if targets.min(initial=0) < 0:  # ignored samples take no rank
        known = targets >= 0
        scores, targets = scores[known], targets[known]
    places = np.flatnonzero(targets == 1)
    if not len(places):
        return dict.fromkeys(KINDS, np.nan)
    ranked, own = np.sort(scores), scores[places]
    not_above = np.searchsorted(ranked, own, 'right')
    above, at_least = len(ranked) - not_above, len(ranked) - np.searchsorted(ranked, own, 'left')
    ranks = above + 1
    tied = np.unique(own[at_least - above > 1])
    if len(tied) > FEW_TIES:
        order = np.argsort(-scores, kind='stable')
        rank_of = np.empty(len(order), dtype=np.int64)
        rank_of[order] = np.arange(1, len(order) + 1)
        ranks = rank_of[places]
    else:  # a scan for each is less than another sort
        for value in tied:
            here = np.flatnonzero(own == value)
            ranks[here] += np.searchsorted(np.flatnonzero(scores == value), places[here])
    ranks = np.sort(ranks)
    count = np.arange(1, len(ranks) + 1)
    precision = count / ranks
    # a tie is one threshold: all of it has the precision at its last member
    own = np.sort(own)
    merged = (len(own) - np.searchsorted(own, own, 'left')) / np.sort(at_least)[::-1]
    envelope = np.maximum.accumulate(precision[::-1])
    return dict(plain=precision.mean(), sklearn=merged.mean(), voc=envelope.mean())


def average_precisions(scores: np.ndarray, targets: np.ndarray) -> Dict[str, np.ndarray]:
    """AP of every class in all kinds of :func:`average_precision`, from one sort."""
    check_scores(scores, targets)
    scores, targets = np.ascontiguousarray(scores.T), np.ascontiguousarray(targets.T)
    found = [_one_class(*pair) for pair in zip(scores, targets)]
    return {kind: np.array([ap[kind] for ap in found], dtype=np.float64) for kind in KINDS}


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
    if kind not in KINDS:
        raise ValueError(f"kind must be 'plain', 'sklearn' or 'voc', got {kind!r}")
    return average_precisions(scores, targets)[kind]


def sample_average_precision(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """AP of every SAMPLE over its classes with the precision envelope.

    What the authors' released KSSNet code reports as mAP is the mean of these: another quantity
    than a mean over classes. NaN for a sample without labels. Ties stand in the order of classes.
    """
    check_scores(scores, targets)
    rows, columns = np.nonzero(targets == 1)
    ranks, classes = np.empty(len(rows), dtype=np.int64), np.arange(scores.shape[1])
    ignored = (targets < 0).any()
    for i in range(0, len(rows), CHUNK):
        part = slice(i, i + CHUNK)
        row, own = scores[rows[part]], scores[rows[part], columns[part]][:, None]
        before = (row > own) | ((row == own) & (classes < columns[part][:, None]))
        if ignored:
            before &= targets[rows[part]] >= 0
        ranks[part] = before.sum(axis=1) + 1
    counts = np.bincount(rows, minlength=len(scores))
    order = np.lexsort((ranks, rows))
    # rows of a padded table: the positives of one sample by rank
    position = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    table = np.zeros((len(scores), max(counts.max(initial=0), 1)))
    table[rows, position] = (position + 1) / ranks[order]
    table = np.maximum.accumulate(table[:, ::-1], axis=1)[:, ::-1]
    # the envelope leaks into no padding that counts: positions from counts on are left out
    table[np.arange(table.shape[1]) >= counts[:, None]] = 0
    return np.where(counts > 0, table.sum(axis=1) / np.maximum(counts, 1), np.nan)
