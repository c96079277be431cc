"""All protocols of the field, by name, in one call."""
import warnings
from typing import Dict, Optional, Sequence

import numpy as np

from .average_precision import average_precisions, sample_average_precision
from .checks import check_scores, warn_unless_probabilities
from .precision_recall import precision_recall, predicted_labels

EMPTY_POLICIES = ('drop', 'zero', 'error')


def _mean(ap: np.ndarray, empty: str) -> float:
    """Mean over classes with positives ('drop'), or over all with 0 for the others ('zero')."""
    if empty == 'zero':
        return float(np.nan_to_num(ap).mean())
    return float(np.nanmean(ap)) if not np.isnan(ap).all() else float('nan')


def score_protocols(scores: np.ndarray, targets: np.ndarray, thr=0.5, topk: Optional[int] = 3,
                    topk_rule: str = 'mlgcn', empty: str = 'drop',
                    classes: Optional[Sequence[str]] = None,
                    ids: Optional[Sequence[str]] = None) -> Dict[str, float]:
    """Score predictions by every protocol.

    Args:
        scores: n x N probabilities.
        targets: n x N of 1, 0 and -1 (ignore).
        thr: Threshold(s) on probabilities.
        topk: k of the top-k forms; None leaves them out.
        topk_rule: 'mlgcn' (top k and at or above the threshold) or 'exact'.
        empty: Classes without positives: 'drop' them from every mean over classes with a warning
            (scikit-learn's way), count them as 'zero' there (mmpretrain's) or raise an 'error'.
        classes: Names, for messages.
        ids: Names of the samples, for messages.

    Returns:
        Fractions of 1 by name: mAP (plain class AP, Charades' official form), mAP_sklearn, mAP_voc,
        wAP, mAP_sample, CP CR CF1 OP OR OF1 CF1_macro, top<k>/..., and empty_classes, a count. A mean
        of which nothing is left is NaN.

    Raises:
        ValueError: What ``check_scores`` refuses, a setting that is none of the above, or an empty class
            under 'error'.
    """
    if empty not in EMPTY_POLICIES:
        raise ValueError(f'empty must be one of {EMPTY_POLICIES}, got {empty!r}')
    check_scores(scores, targets, ids)
    warn_unless_probabilities(scores, thr)
    aps = average_precisions(scores, targets)
    counts = (targets == 1).sum(axis=0)
    without = np.flatnonzero(counts == 0)
    if len(without):
        names = ', '.join(str(classes[i]) if classes is not None else str(i) for i in without[:5])
        text = f'{len(without)} of {len(counts)} classes have no positive sample: {names}'
        text += ', ...' if len(without) > 5 else ''
        if empty == 'error':
            raise ValueError(text)
        warnings.warn(f'{text}; they are ' + ('left out of' if empty == 'drop' else 'counted as 0 in') +
                      ' the means over classes: mAP in its forms, CP, CR, CF1 and CF1_macro')
    plain = aps['plain']
    by_sample = sample_average_precision(scores, targets)
    result = dict(
        mAP=_mean(plain, empty),
        mAP_sklearn=_mean(aps['sklearn'], empty),
        mAP_voc=_mean(aps['voc'], empty),
        wAP=float(np.nansum(plain * counts) / counts.sum()) if counts.any() else _mean(plain, empty),
        mAP_sample=float(np.nanmean(by_sample)) if not np.isnan(by_sample).all() else float('nan'))
    result.update(precision_recall(predicted_labels(scores, thr), targets, empty))
    if topk is not None:
        top = precision_recall(predicted_labels(scores, thr, topk, topk_rule), targets, empty)
        result.update({f'top{topk}/{name}': value for name, value in top.items()})
    result['empty_classes'] = len(without)
    return result
