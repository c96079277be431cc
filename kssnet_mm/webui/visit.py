"""What one visitor of the page has: an input, its scores, and the thresholds that the visitor moved."""
from dataclasses import dataclass, replace
from typing import FrozenSet, List, NamedTuple, Optional, Tuple

import numpy as np

from kssnet_mm.apis.decision import Rule
from kssnet_mm.apis.prediction import Prediction, choose_labels

# Labels that the list shows before all are asked for.
MOST_ROWS = 12


@dataclass(frozen=True)
class Visit:
    """One visitor's state. It is never changed: each step gives a new one.

    Attributes:
        path: The uploaded file.
        folder: Where pictures and files for this input are written.
        prediction: Its scores, and the labels by the thresholds as they are now. None before there is an input.
        selected: Position of the label that is explained.
        moved: Positions of the labels whose own thresholds were moved; they stay in the list.
    """
    path: str = ''
    folder: str = ''
    prediction: Optional[Prediction] = None
    selected: Optional[int] = None
    moved: FrozenSet[int] = frozenset()


class LabelRow(NamedTuple):
    """A line of the list of labels; ``threshold`` is None where the model takes its highest labels alone."""
    position: int
    label: str
    score: float
    threshold: Optional[float]
    predicted: bool


def decide(visit: Visit, rule: Rule, moved: FrozenSet[int] = frozenset()) -> Visit:
    """The visit with the labels that other thresholds or another number of labels give."""
    if visit.prediction is None:
        return visit
    labels = choose_labels(visit.prediction.scores, *rule)
    return replace(visit, moved=moved,
                   prediction=replace(visit.prediction, thresholds=rule.thresholds, labels=labels))


def move_all(visit: Visit, threshold: float) -> Visit:
    """One threshold for all labels.

    Raises:
        ValueError: It is no probability.
    """
    _check(threshold)
    count = 0 if visit.prediction is None else len(visit.prediction.scores)
    return decide(visit, Rule(np.full(count, threshold, dtype=np.float32), None))


def move_one(visit: Visit, position: int, threshold: float) -> Visit:
    """The threshold of one label.

    Raises:
        ValueError: It is no probability, there is no such label, or the model has no thresholds to move.
    """
    _check(threshold)
    found = _label(visit, position)
    if found.thresholds is None:
        raise ValueError('this model takes its highest labels, without thresholds: set one for all labels first')
    thresholds = found.thresholds.copy()
    thresholds[position] = threshold
    return decide(visit, Rule(thresholds, None), visit.moved | {position})


def select(visit: Visit, position: int) -> Visit:
    """Another label to explain."""
    _label(visit, position)
    return replace(visit, selected=position)


def _check(threshold: float) -> None:
    if isinstance(threshold, bool) or not isinstance(threshold, (int, float)) or not 0 <= threshold <= 1:
        raise ValueError(f'a threshold is a number from 0 to 1, got {threshold!r}')


def _label(visit: Visit, position: int) -> Prediction:
    """The prediction that has a label there; what comes from a browser is not trusted."""
    count = 0 if visit.prediction is None else len(visit.prediction.scores)
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < count:
        raise ValueError(f'there is no label number {position!r}')
    return visit.prediction


def first_label(prediction: Prediction) -> int:
    """The label that is explained first: the highest of the predicted ones, or of all."""
    return prediction.labels[0] if prediction.labels else int(np.argmax(prediction.scores))


def label_rows(visit: Visit, every: bool = False, most: int = MOST_ROWS) -> Tuple[List[LabelRow], int]:
    """(the lines of the list of labels with the highest score first, how many labels are left out).

    All predicted labels are there, the selected one, those of moved thresholds, and the highest others up to ``most``.

    Args:
        visit: With or without a prediction.
        every: Whether no label is left out.
        most: Lines.
    """
    found = visit.prediction
    if found is None:
        return [], 0
    order = np.argsort(-found.scores, kind='stable').tolist()
    wanted = set(found.labels) | visit.moved | ({visit.selected} - {None})
    others = [i for i in order if i not in wanted]
    wanted.update(others if every else others[:max(most - len(wanted), 0)])
    rows = [LabelRow(i, str(found.classes[i]), float(found.scores[i]), found.row(i)['threshold'], i in found.labels)
            for i in order if i in wanted]
    return rows, len(order) - len(rows)
