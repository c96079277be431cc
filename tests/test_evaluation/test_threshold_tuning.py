import itertools

import numpy as np
import pytest

from kssnet_mm.evaluation.functional import precision_recall, predicted_labels, tune_thresholds

RNG = np.random.default_rng(3)


def candidates(column):
    """A threshold for every cut of one class."""
    values = np.unique(column)
    return [1.0, *((values[:-1] + values[1:]) / 2), 0.0]


def test_by_hand():
    scores = np.array([[.9], [.8], [.6], [.3]])
    targets = np.array([[1], [0], [1], [0]])
    # named 1, 2, 3, 4 highest: F1 2/3, 1/2, 4/5, 2/3
    assert tune_thresholds(scores, targets)[0] == pytest.approx((.6 + .3) / 2)
    # no positive: nothing is predicted
    assert tune_thresholds(scores, np.zeros_like(targets))[0] == 1.0


@pytest.mark.parametrize('objective, name', [('per_class', 'CF1_macro'), ('overall', 'OF1')])
def test_no_other_thresholds_are_better(objective, name):
    """Against all combinations of cuts of three classes."""
    scores = np.round(RNG.random((9, 3)) * 12) / 13
    targets = (RNG.random((9, 3)) < 0.4).astype(np.int8)
    targets[0] = 1
    targets[2, 1] = -1
    tuned = tune_thresholds(scores, targets, objective)
    reached = precision_recall(predicted_labels(scores, tuned), targets)[name]
    best = max(precision_recall(predicted_labels(scores, np.array(thr)), targets)[name]
               for thr in itertools.product(*(candidates(scores[:, i]) for i in range(3))))
    assert reached == pytest.approx(best)


def test_float32_neighbours_and_certain_scores():
    low = np.float32(0.5)
    high = np.nextafter(low, np.float32(1))
    scores = np.array([[high], [low], [low]], dtype=np.float32)
    tuned = tune_thresholds(scores, np.array([[1], [0], [0]]))
    assert predicted_labels(scores, tuned)[:, 0].tolist() == [True, False, False]
    certain = np.array([[1.0], [0.2]])
    assert 0.2 < tune_thresholds(certain, np.array([[1], [0]]))[0] <= 1


def test_bad_input():
    with pytest.raises(ValueError, match="'f1'"):
        tune_thresholds(np.zeros((2, 1)), np.zeros((2, 1)), 'f1')
    with pytest.raises(ValueError, match='probabilities'):
        tune_thresholds(np.array([[2.0]]), np.array([[1]]))


@pytest.mark.parametrize('objective', ['per_class', 'overall'])
def test_a_class_without_positives_gets_1(objective):
    scores = np.array([[1., .9], [.6, .2], [.5, .1]])  # a score of 1 is at or above every threshold
    assert tune_thresholds(scores, np.array([[0, 1], [0, 0], [-1, 0]]), objective)[0] == 1
