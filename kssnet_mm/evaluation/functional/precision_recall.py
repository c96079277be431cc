"""Predicted labels, at a decision threshold or of the top k, and what precision and recall count of them."""
from dataclasses import dataclass
from typing import Optional

import numpy as np


def predicted_labels(scores: np.ndarray, thr, topk: Optional[int] = None,
                     topk_rule: str = 'mlgcn') -> np.ndarray:
    """Boolean n x N: which labels are predicted.

    Args:
        scores: n x N probabilities; minus infinity is a missing score, which is never predicted.
        thr: Decision threshold (a number, or N of them): predicted where score >= thr. ML-GCN's logit >= 0
            is 0.5.
        topk: Keep at most the k highest scores of a sample; of tied ones the first classes.
        topk_rule: 'mlgcn': the k highest AND at or above the threshold; 'exact': the k highest.

    Raises:
        ValueError: Another rule, or topk below 1.
    """
    if topk_rule not in ('mlgcn', 'exact'):
        raise ValueError(f"topk_rule must be 'mlgcn' or 'exact', got {topk_rule!r}")
    if topk is None:
        return scores >= np.asarray(thr)
    if topk < 1:
        raise ValueError(f'topk must be at least 1, or None for no top-k forms, got {topk}')
    top = _highest(scores, min(topk, scores.shape[1]))
    return top & (scores > -np.inf if topk_rule == 'exact' else scores >= np.asarray(thr))


def _highest(scores: np.ndarray, k: int) -> np.ndarray:
    """Boolean n x N with k True a row: less work than a stable sort, and the same at ties."""
    last = np.partition(scores, -k, axis=1)[:, -k, None]
    above, tied = scores > last, scores == last
    room = k - above.sum(axis=1, keepdims=True)
    return above | (tied & (np.cumsum(tied, axis=1, dtype=np.int32) <= room))


@dataclass(frozen=True)
class Predictions:
    """Predicted labels beside the targets; the numbers of each of N classes are counted once.

    Attributes:
        predicted: Boolean n x N, False where the target is ignored.
        targets: n x N of 1, 0 and -1 (ignore).
        right: Predictions that are right, by class.
        named: Predictions, by class.
        total: Positives, by class.
        counted: Boolean N: the classes that a mean over classes counts.
    """
    predicted: np.ndarray
    targets: np.ndarray
    right: np.ndarray
    named: np.ndarray
    total: np.ndarray
    counted: np.ndarray

    @classmethod
    def count(cls, predicted: np.ndarray, targets: np.ndarray, empty: str = 'drop') -> 'Predictions':
        """Count predictions; under 'drop' classes without positives are in no mean over classes."""
        predicted, positive = predicted & (targets >= 0), targets == 1
        total = positive.sum(axis=0)
        counted = total > 0 if empty == 'drop' else np.ones(len(total), dtype=bool)
        return cls(predicted, targets, (predicted & positive).sum(axis=0), predicted.sum(axis=0), total, counted)

    def mean(self, values: np.ndarray) -> float:
        """Mean of N values over the classes that are counted; NaN where there is none."""
        return float(values[self.counted].mean()) if self.counted.any() else float('nan')


def harmonic(a: float, b: float) -> float:
    """2 a b / (a + b); 0 where both are 0."""
    return 2 * a * b / (a + b) if a + b != 0 else 0.0  # NaN stays NaN
