"""CP, CR, CF1, OP, OR, OF1: precision and recall at a threshold or of the top k."""
from typing import Dict, Optional

import numpy as np


def predicted_labels(scores: np.ndarray, thr, topk: Optional[int] = None,
                     topk_rule: str = 'mlgcn') -> np.ndarray:
    """Boolean n x N: which labels are predicted.

    Args:
        scores: n x N probabilities; minus infinity is a missing score, which is never predicted.
        thr: Threshold (a number, or N of them): predicted where score >= thr. ML-GCN's logit >= 0
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


def precision_recall(predicted: np.ndarray, targets: np.ndarray, empty: str = 'drop') -> Dict[str, float]:
    """Per-class (C) and overall (O) precision, recall and F1 of predictions.

    CF1 is the harmonic mean of CP and CR (ML-GCN, KSSNet); CF1_macro the mean of every class's F1
    (mmpretrain). A class with positives that is never predicted has precision 0.

    Args:
        predicted: Boolean n x N.
        targets: n x N of 1, 0 and -1 (ignore).
        empty: Classes without positives: 'drop' leaves them out of CP, CR and CF1_macro, with 'zero'
            they count as 0 there (ML-GCN, mmpretrain). Predictions of them are wrong ones in OP and OF1
            either way.

    Returns:
        Fractions of 1. Those of classes are NaN where 'drop' leaves no class.
    """
    known = targets >= 0
    positive, predicted = targets == 1, predicted & known
    right = (predicted & positive).sum(axis=0)
    named, total = predicted.sum(axis=0), positive.sum(axis=0)
    counted = total > 0 if empty == 'drop' else np.ones(len(total), dtype=bool)
    cp = _mean((right / np.maximum(named, 1))[counted])
    cr = _mean((right / np.maximum(total, 1))[counted])
    macro = _mean((2 * right / np.maximum(named + total, 1))[counted])
    op, or_ = right.sum() / max(named.sum(), 1), right.sum() / max(total.sum(), 1)
    return dict(CP=cp, CR=cr, CF1=_harmonic(cp, cr), OP=float(op), OR=float(or_), OF1=_harmonic(op, or_),
                CF1_macro=macro)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float('nan')


def _harmonic(a: float, b: float) -> float:
    if np.isnan(a + b):
        return float('nan')
    return float(2 * a * b / (a + b)) if a + b > 0 else 0.0
