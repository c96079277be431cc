"""Scores and targets out of the data samples of both frameworks."""
from typing import Any, Tuple

import numpy as np


def _field(sample: Any, *names: str) -> Any:
    for name in names:
        if name in sample:
            value = sample[name] if isinstance(sample, dict) else getattr(sample, name)
            if isinstance(value, dict):
                return value['item']
            return value.item if hasattr(value, 'keys') else value  # mmaction2 1.1's LabelData
    return None


def scores_and_targets(sample: Any) -> Tuple[np.ndarray, np.ndarray]:
    """Probabilities (N,) and targets (N,) of 1, 0, -1.

    mmpretrain: ``pred_score`` and ``gt_score`` (or indices in ``gt_label``). mmaction2 1.2:
    ``pred_score`` and a multi-hot ``gt_label``; 1.1: ``pred_scores.item`` and ``gt_labels.item``.

    Raises:
        ValueError: The sample has no prediction or no target.
    """
    score = _field(sample, 'pred_score', 'pred_scores')
    target = _field(sample, 'gt_score')
    label = _field(sample, 'gt_label', 'gt_labels') if target is None else None
    if score is None or (target is None and label is None):
        keys = list(sample.keys())
        raise ValueError(f'a sample needs a predicted score and a target, this one has {keys}')
    score = score.float().cpu().numpy().reshape(-1)
    if target is None:
        label = label.cpu().numpy().reshape(-1)
        if label.shape == score.shape and np.isin(label, (-1, 0, 1)).all():
            target = label
        else:
            target = np.zeros(len(score), dtype=np.int8)
            target[label.astype(int)] = 1
    else:
        target = target.cpu().numpy().reshape(-1)
    return score, np.rint(target).astype(np.int8)
