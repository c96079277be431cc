"""CP, CR, CF1, OP, OR, OF1: precision and recall of predicted labels, at a decision threshold or of the top k."""
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


def class_precision(found: Predictions) -> float:
    """Mean over classes of right / named; 0 for a class with positives that is never predicted."""
    return _mean(found, found.right / np.maximum(found.named, 1))


def class_recall(found: Predictions) -> float:
    """Mean over classes of right / total."""
    return _mean(found, found.right / np.maximum(found.total, 1))


def class_f1(found: Predictions) -> float:
    """Harmonic mean of CP and CR."""
    return _harmonic(class_precision(found), class_recall(found))


def class_f1_macro(found: Predictions) -> float:
    """Mean over classes of their F1."""
    return _mean(found, 2 * found.right / np.maximum(found.named + found.total, 1))


def overall_precision(found: Predictions) -> float:
    """All that are right / all that are named."""
    return float(found.right.sum() / max(found.named.sum(), 1))


def overall_recall(found: Predictions) -> float:
    """All that are right / all positives."""
    return float(found.right.sum() / max(found.total.sum(), 1))


def overall_f1(found: Predictions) -> float:
    """Harmonic mean of OP and OR."""
    return _harmonic(overall_precision(found), overall_recall(found))


def _mean(found: Predictions, values: np.ndarray) -> float:
    values = values[found.counted]
    return float(values.mean()) if len(values) else float('nan')


def _harmonic(a: float, b: float) -> float:
    if np.isnan(a + b):
        return float('nan')
    return float(2 * a * b / (a + b)) if a + b > 0 else 0.0
