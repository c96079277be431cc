"""Which labels are predicted from scores: thresholds and numbers of labels, of a user or of a model's head."""
from typing import Any, List, NamedTuple, Optional, Sequence

import numpy as np
import torch
import torch.nn as nn

from kssnet_mm.models.heads.thresholds import DecisionThresholds
from kssnet_mm.utils.thresholds import read_thresholds


class Rule(NamedTuple):
    """Thresholds (N,) float32, or None; and at most so many labels, or None."""
    thresholds: Optional[np.ndarray]
    topk: Optional[int]


def make_rule(thr: Any, topk: Optional[int], classes: Sequence[str]) -> Rule:
    """The rule of a user's settings.

    Args:
        thr: A number, one for each class, a dict by class name, the path of a json file of either, or None.
        topk: At least 1, or None.
        classes: N names.

    Raises:
        ValueError: A threshold is no probability, its class is none of the names, or ``topk`` is no number of labels.
    """
    if topk is not None and not (isinstance(topk, int) and topk > 0):
        raise ValueError(f'topk is a number of labels, at least 1, got {topk!r}')
    if thr is None:
        return Rule(None, topk)
    thr = thr.tolist() if isinstance(thr, torch.Tensor) else thr
    found = np.asarray(read_thresholds(thr).for_classes(len(classes), classes), dtype=np.float32)
    return Rule(np.broadcast_to(found, (len(classes), )).copy(), topk)


def rule_of_head(head: nn.Module, video: bool, classes: List[str]) -> Rule:
    """The rule that a head decides by; 0.5 for mmaction2's own heads, which have none."""
    # of mmaction2's own heads ``topk`` says which accuracies are measured
    topk = getattr(head, 'predicted_topk' if video else 'topk', None)
    if topk is not None and (video or head.thr is None):
        return Rule(None, topk)
    thr = getattr(head, 'thr', None)
    if isinstance(head, DecisionThresholds):
        head.set_classes(classes)
        thr = head.ready_thresholds(torch.device('cpu'))
    return make_rule(0.5 if thr is None else thr, None, classes)


def gives_logits(head: nn.Module, video: bool) -> bool:
    """Whether a head's scores are logits: those of mmaction2's own heads with ``average_clips='score'``.

    Raises:
        ValueError: The head chooses one class by a softmax.
    """
    if isinstance(head, DecisionThresholds):
        return False
    if getattr(head, 'average_clips', None) != 'score' if video else not hasattr(head, 'thr'):
        raise ValueError(f'the head {type(head).__name__} chooses one class by a softmax; this inferencer takes heads '
                         'that give each class its own probability')
    return video
