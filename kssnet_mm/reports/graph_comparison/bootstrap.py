"""Intervals of mAP by resampling test samples, the same resamples for every arm."""
from typing import Tuple

import numpy as np


def draw_weights(samples: int, resamples: int, seed: int = 0) -> np.ndarray:
    """n x B float32: how often each of B resamples drew each of n samples."""
    drawn = np.random.default_rng(seed).multinomial(samples, np.full(samples, 1 / samples), size=resamples)
    return np.ascontiguousarray(drawn.T, dtype=np.float32)


def weighted_average_precision(scores: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """AP of one label in every resample.

    A sample that was drawn k times is k samples of equal score; ties are one threshold, as in scikit-learn's
    ``average_precision_score(sample_weight=...)``.

    Args:
        scores: (n,).
        positive: (n,) bool.
        weights: n x B.

    Returns:
        (B,), NaN where no positive was drawn.
    """
    order = np.argsort(-scores, kind='stable')
    scores, positive = scores[order], positive[order]
    places = np.flatnonzero(positive)
    # The last sample of each positive's score.
    last = np.searchsorted(-scores, -scores[places], 'right') - 1
    drawn = weights[order]
    own = drawn[places]
    seen = np.cumsum(drawn, axis=0)[last]
    # Positives up to a place: those of the same score are all in.
    held = np.cumsum(own, axis=0)[np.searchsorted(-scores[places], -scores[places], 'right') - 1]
    with np.errstate(invalid='ignore', divide='ignore'):
        return np.where(own > 0, own * held / seen, 0).sum(axis=0) / own.sum(axis=0)


def resampled_map(scores: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """mAP (B,) of n x N scores in every resample; labels without a positive in a resample are left out of it."""
    aps = []
    for column in range(targets.shape[1]):
        known = targets[:, column] >= 0
        if (targets[:, column] == 1).any():
            aps.append(weighted_average_precision(scores[known, column], targets[known, column] == 1,
                                                  weights if known.all() else weights[known]))
    if not aps:
        return np.full(weights.shape[1], np.nan)
    found = np.stack(aps)
    there = np.isfinite(found)
    with np.errstate(invalid='ignore'):
        return np.where(there, found, 0).sum(axis=0) / there.sum(axis=0)


def centred_interval(values: np.ndarray, observed: float, level: float = 0.95) -> Tuple[float, float]:
    """The percentile interval of B resampled values after their mean is moved to what was observed.

    A sample that a resample draws twice is two of the same score, which lifts the precision of rare labels: AP is
    larger in resamples than it is, and so are differences of AP. The spread is right, the place is not.

    Args:
        values: (B,).
        observed: The value on the samples themselves.
        level: Share of the resamples inside.
    """
    tail = (1 - level) / 2
    low, high = np.nanquantile(values - np.nanmean(values) + observed, [tail, 1 - tail])
    return float(low), float(high)
