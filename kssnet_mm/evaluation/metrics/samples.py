"""Scores and targets of the data samples of mmpretrain and mmaction2."""
from typing import Any, Iterator, Optional, Sequence, Tuple

import numpy as np

from .sample_ids import sample_name


def _field(sample: Any, *names: str) -> Optional[np.ndarray]:
    """The first of the fields that the sample has, as a flat array."""
    for name in names:
        if name in sample:
            value = sample[name] if isinstance(sample, dict) else getattr(sample, name)
            if isinstance(value, dict):
                value = value['item']
            elif hasattr(value, 'keys'):  # mmaction2 1.1's LabelData
                value = value.item
            if hasattr(value, 'cpu'):
                value = value.float() if value.is_floating_point() else value  # numpy has no bfloat16
                value = value.cpu().numpy()
            return np.asarray(value).reshape(-1)
    return None


def _fault(sample: Any, text: str) -> ValueError:
    name = sample_name(sample).whole
    return ValueError(text if name is None else f'sample {name}: {text}')


def sample_scores(sample: Any) -> np.ndarray:
    """Probabilities (N,) of ``pred_score``, or of mmaction2 1.1's ``pred_scores.item``.

    Raises:
        ValueError: The sample has none, or a NaN among them; names the sample.
    """
    scores = _field(sample, 'pred_score', 'pred_scores')
    if scores is None:
        raise _fault(sample, f'it needs a predicted score, but has {list(sample.keys())}')
    if np.isnan(scores).any():
        raise _fault(sample, f'the score of class {np.flatnonzero(np.isnan(scores))[0]} is NaN')
    return scores


def sample_targets(sample: Any, num_classes: int) -> Optional[np.ndarray]:
    """Targets (N,) of 1, 0, -1, int8; None where the sample has no label.

    ``gt_score`` holds the targets. Otherwise the label is read (``gt_label``; mmaction2 1.1's ``gt_labels.item``). A
    label of floats or bools has one entry for each class, as in mmaction2's data sets. A label of integers lists class
    indices, as in mmpretrain's. If these repeat or lie beyond the classes, it is read as one entry for each class.

    Raises:
        ValueError: The label has neither form; names the sample.
    """
    target = _field(sample, 'gt_score')
    if target is None:
        label = _field(sample, 'gt_label', 'gt_labels')
        if label is None:
            return None
        listed = label.dtype.kind in 'iu' or not len(label)
        if listed and len(set(label.tolist())) == len(label) and all((0 <= label) & (label < num_classes)):
            target = np.zeros(num_classes, dtype=np.int8)
            target[label.astype(int)] = 1
            return target
        target = label
    if len(target) != num_classes or not np.isin(np.rint(target), (-1, 0, 1)).all():
        raise _fault(sample, f'its label {target[:10].tolist()} is neither {num_classes} entries of 1, 0 and -1 nor '
                     f'a list of different class indices below {num_classes}')
    return np.rint(target).astype(np.int8)


def scores_and_targets(sample: Any) -> Tuple[np.ndarray, np.ndarray]:
    """Probabilities (N,) and targets (N,), see :func:`sample_scores` and :func:`sample_targets`.

    Raises:
        ValueError: The sample has no prediction or no target, or wrong ones.
    """
    scores = sample_scores(sample)
    targets = sample_targets(sample, len(scores))
    if targets is None:
        raise _fault(sample, f'it needs a target, but has {list(sample.keys())}')
    return scores, targets


def columns(results: Sequence[tuple]) -> Iterator[tuple]:
    """What a metric kept of each sample, by kind instead of by sample.

    Raises:
        ValueError: There is no sample.
    """
    if not results:
        raise ValueError('there are no scores to evaluate, because no sample was tested: the data set is empty')
    return zip(*results)
