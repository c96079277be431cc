"""The metrics of multi-label recognition as one table of protocols, and all of them in one call.

A new protocol is a row of ``PROTOCOLS``: it is then in the metric's log, in ``tools/analysis_tools/eval_scores.py``
and in the tables of results.
"""
import warnings
from dataclasses import dataclass
from typing import Callable, Dict, NamedTuple, Optional, Sequence, Union

import numpy as np

from .average_precision import average_precisions, sample_average_precision
from .checks import check_scores, warn_unless_probabilities
from .precision_recall import Predictions, harmonic, predicted_labels

EMPTY_POLICIES = ('drop', 'zero', 'error')


@dataclass(frozen=True)
class Ranking:
    """Scores beside the targets, with the AP of each of N classes in its kinds, which take one sort.

    Attributes:
        scores: n x N.
        targets: n x N of 1, 0 and -1 (ignore).
        ap: Kind -> N values, NaN for a class without positives; see ``average_precision``.
        counts: Positives, by class.
        empty: How a class without positives counts: 'zero' takes 0 as its AP, otherwise no mean counts it.
    """
    scores: np.ndarray
    targets: np.ndarray
    ap: Dict[str, np.ndarray]
    counts: np.ndarray
    empty: str

    def mean_ap(self, kind: str) -> float:
        """Mean over classes of their AP; NaN where no class is left."""
        ap = self.ap[kind]
        return float(np.nan_to_num(ap).mean()) if self.empty == 'zero' else _mean_of_known(ap)


def weighted_ap(ranking: Ranking) -> float:
    """Mean over classes of their AP, weighted by their positives."""
    counts = ranking.counts
    if not counts.any():
        return ranking.mean_ap('plain')
    return float(np.nansum(ranking.ap['plain'] * counts) / counts.sum())


def mean_sample_ap(ranking: Ranking) -> float:
    """Mean over SAMPLES of the AP over their classes."""
    return _mean_of_known(sample_average_precision(ranking.scores, ranking.targets))


def _mean_of_known(values: np.ndarray) -> float:
    return float(np.nanmean(values)) if not np.isnan(values).all() else float('nan')


class Protocol(NamedTuple):
    """A metric: what it reads, its function, and a sentence about it.

    Attributes:
        of: ``Ranking``: of the scores' order; ``Predictions``: of predicted labels, at the decision threshold and
            once more, as ``top<k>/<name>``, of the k highest scores.
        function: From that to the number, a fraction of 1 or NaN.
        what: One sentence: what it is and who reports it.
    """
    of: type
    function: Callable[[Union[Ranking, Predictions]], float]
    what: str


PROTOCOLS: Dict[str, Protocol] = dict(
    mAP=Protocol(Ranking, lambda found: found.mean_ap('plain'),
                 "mean AP over classes, ties in the samples' order: Charades' official form, ML-GCN, mmpretrain"),
    mAP_sklearn=Protocol(Ranking, lambda found: found.mean_ap('sklearn'), 'the same with ties merged: scikit-learn'),
    mAP_voc=Protocol(Ranking, lambda found: found.mean_ap('voc'), 'with the precision envelope: VOC from 2010 on'),
    wAP=Protocol(Ranking, weighted_ap, 'mean AP over classes, weighted by their positives'),
    mAP_sample=Protocol(Ranking, mean_sample_ap, "mean AP over samples: KSSNet's released code calls it mAP"),
    CP=Protocol(Predictions, lambda found: found.mean(found.right / np.maximum(found.named, 1)),
                'mean precision over classes, 0 for a class that is never predicted'),
    CR=Protocol(Predictions, lambda found: found.mean(found.right / np.maximum(found.total, 1)),
                'mean recall over classes'),
    CF1=Protocol(Predictions, lambda found: harmonic(_value('CP', found), _value('CR', found)),
                 'harmonic mean of CP and CR: ML-GCN, KSSNet'),
    OP=Protocol(Predictions, lambda found: float(found.right.sum() / max(found.named.sum(), 1)),
                'precision of all predictions together'),
    OR=Protocol(Predictions, lambda found: float(found.right.sum() / max(found.total.sum(), 1)),
                'recall of all positives together'),
    OF1=Protocol(Predictions, lambda found: harmonic(_value('OP', found), _value('OR', found)),
                 'harmonic mean of OP and OR'),
    CF1_macro=Protocol(Predictions, lambda found: found.mean(
        2 * found.right / np.maximum(found.named + found.total, 1)), 'mean F1 over classes: mmpretrain'),
)


def _value(name: str, found: Union[Ranking, Predictions]) -> float:
    return PROTOCOLS[name].function(found)


def _apply(found: Union[Ranking, Predictions], prefix: str = '') -> Dict[str, float]:
    return {f'{prefix}{name}': _value(name, found) for name, protocol in PROTOCOLS.items()
            if isinstance(found, protocol.of)}


def precision_recall(predicted: np.ndarray, targets: np.ndarray, empty: str = 'drop') -> Dict[str, float]:
    """The values of all protocols of predicted labels.

    Args:
        predicted: Boolean n x N.
        targets: n x N of 1, 0 and -1 (ignore).
        empty: Classes without positives: 'drop' leaves them out of CP, CR and CF1_macro, with 'zero'
            they count as 0 there (ML-GCN, mmpretrain). Predictions of them are wrong ones in OP and OF1
            either way.

    Returns:
        Fractions of 1. Those of classes are NaN where 'drop' leaves no class.
    """
    return _apply(Predictions.count(predicted, targets, empty))


def score_protocols(scores: np.ndarray, targets: np.ndarray, thr=0.5, topk: Optional[int] = 3,
                    topk_rule: str = 'mlgcn', empty: str = 'drop',
                    classes: Optional[Sequence[str]] = None,
                    ids: Optional[Sequence[str]] = None) -> Dict[str, float]:
    """Score predictions by every protocol.

    Args:
        scores: n x N probabilities.
        targets: n x N of 1, 0 and -1 (ignore).
        thr: Decision threshold(s).
        topk: k of the top-k forms; None leaves them out.
        topk_rule: 'mlgcn' (top k and at or above the threshold) or 'exact'.
        empty: Classes without positives: 'drop' them from every mean over classes with a warning
            (scikit-learn's way), count them as 'zero' there (mmpretrain's) or raise an 'error'.
        classes: Names, for messages.
        ids: Names of the samples, for messages.

    Returns:
        The ``PROTOCOLS`` by name, top<k>/..., and empty_classes, a count. A mean of which nothing is left is NaN.

    Raises:
        ValueError: ``check_scores`` refuses the scores, a setting is none of the above, or a class is empty under
            'error'.
    """
    if empty not in EMPTY_POLICIES:
        raise ValueError(f'empty must be one of {EMPTY_POLICIES}, got {empty!r}')
    check_scores(scores, targets, ids)
    warn_unless_probabilities(scores, thr)
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
    result = _apply(Ranking(scores, targets, average_precisions(scores, targets), counts, empty))
    result.update(precision_recall(predicted_labels(scores, thr), targets, empty))
    if topk is not None:
        top = predicted_labels(scores, thr, topk, topk_rule)
        result.update(_apply(Predictions.count(top, targets, empty), f'top{topk}/'))
    result['empty_classes'] = len(without)
    return result
