"""Intervals of mAP by resampling test samples, the same resamples for every arm."""
from typing import Dict, Tuple

import numpy as np

# Entries of (resamples x samples) held at once.
PIECE = 1 << 22


def draw_weights(samples: int, resamples: int, seed: int = 0) -> np.ndarray:
    """resamples x samples: how often each resample drew each sample."""
    return np.random.default_rng(seed).multinomial(samples, np.full(samples, 1 / samples), size=resamples)


def weighted_average_precision(scores: np.ndarray, positive: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """AP of one label in every resample.

    A sample that was drawn k times is k samples of equal score; ties are one threshold, as in scikit-learn's
    ``average_precision_score(sample_weight=...)``.

    Args:
        scores: (n,).
        positive: (n,) bool.
        weights: B x n.

    Returns:
        (B,), NaN where no positive was drawn.
    """
    order = np.argsort(-scores, kind='stable')
    scores, positive = scores[order], positive[order]
    places = np.flatnonzero(positive)
    # The last sample of each positive's score.
    last = np.searchsorted(-scores, -scores[places], 'right') - 1
    found = np.empty(len(weights))
    step = max(1, PIECE // max(len(scores), 1))
    for begin in range(0, len(weights), step):
        part = weights[begin:begin + step][:, order].astype(np.float32)
        seen = np.cumsum(part, axis=1)[:, last]
        own = part[:, places]
        # Positives up to a place: those of the same score are all in.
        held = np.cumsum(own, axis=1)[:, np.searchsorted(-scores[places], -scores[places], 'right') - 1]
        total = own.sum(axis=1)
        with np.errstate(invalid='ignore', divide='ignore'):
            found[begin:begin + step] = np.where(own > 0, own * held / seen, 0).sum(axis=1) / total
    return found


def resampled_map(scores: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """mAP (B,) of n x N scores in every resample; labels without a positive in a resample are left out of it."""
    aps = []
    for column in range(targets.shape[1]):
        known = targets[:, column] >= 0
        if (targets[:, column] == 1).any():
            aps.append(weighted_average_precision(scores[known, column], targets[known, column] == 1,
                                                  weights[:, known]))
    if not aps:
        return np.full(len(weights), np.nan)
    return np.nanmean(np.stack(aps), axis=0)


def interval(values: np.ndarray, level: float = 0.95) -> Tuple[float, float]:
    """The percentile interval of B values."""
    tail = (1 - level) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail])
    return float(low), float(high)


def paired_intervals(resampled: Dict[str, np.ndarray], base: str) -> Dict[str, Tuple[float, float]]:
    """Arm -> interval of its difference to ``base``.

    Args:
        resampled: Arm -> (B,) values over the same resamples.
        base: One of the arms.
    """
    return {name: interval(values - resampled[base]) for name, values in resampled.items()}
