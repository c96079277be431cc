"""CP, CR, CF1, OP, OR, OF1: precision and recall at a threshold or of the top k."""
from typing import Dict, Optional

import numpy as np


def predicted_labels(scores: np.ndarray, thr, topk: Optional[int] = None,
                     topk_rule: str = 'mlgcn') -> np.ndarray:
    """Boolean n x N: which labels are predicted.

    Args:
        scores: n x N probabilities.
        thr: Threshold (a number, or N of them): predicted where score >= thr. ML-GCN's logit >= 0
            is 0.5.
        topk: Keep at most the k highest scores of a sample.
        topk_rule: 'mlgcn': the k highest AND at or above the threshold; 'exact': the k highest.
    """
    if topk_rule not in ('mlgcn', 'exact'):
        raise ValueError(f"topk_rule must be 'mlgcn' or 'exact', got {topk_rule!r}")
    above = scores >= np.asarray(thr)
    if topk is None:
        return above
    k = min(topk, scores.shape[1])
    best = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    top = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(top, best, True, axis=1)
    return top if topk_rule == 'exact' else top & above


def precision_recall(predicted: np.ndarray, targets: np.ndarray) -> Dict[str, float]:
    """Per-class (C) and overall (O) precision, recall and F1 of boolean predictions n x N.

    CF1 is the harmonic mean of CP and CR (ML-GCN, KSSNet); CF1_macro the mean of every class's F1
    (mmpretrain). A class that is never predicted has precision 0, one without positives recall 0.
    Targets of -1 are ignored.
    """
    known = targets >= 0
    positive, predicted = targets == 1, predicted & known
    right = (predicted & positive).sum(axis=0)
    named, total = predicted.sum(axis=0), positive.sum(axis=0)
    precision, recall = right / np.maximum(named, 1), right / np.maximum(total, 1)
    f1 = 2 * right / np.maximum(named + total, 1)
    cp, cr = precision.mean(), recall.mean()
    op, or_ = right.sum() / max(named.sum(), 1), right.sum() / max(total.sum(), 1)
    return dict(CP=float(cp), CR=float(cr), CF1=_harmonic(cp, cr), OP=float(op), OR=float(or_),
                OF1=_harmonic(op, or_), CF1_macro=float(f1.mean()))


def _harmonic(a: float, b: float) -> float:
    return float(2 * a * b / (a + b)) if a + b > 0 else 0.0
