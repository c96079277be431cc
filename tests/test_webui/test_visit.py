"""A visitor's steps, on scores worked by hand."""
import numpy as np
import pytest

from kssnet_mm.apis.decision import Rule
from kssnet_mm.apis.prediction import Prediction
from kssnet_mm.webui.visit import Visit, decide, first_label, label_rows, move_all, move_one, select

SCORES = np.array([0.2, 0.9, 0.5, 0.4], dtype=np.float32)
NAMES = ['person', 'ball', 'racket', 'dog']


def visit(thresholds=0.5, topk=None, selected=1):
    rule = Rule(None if thresholds is None else np.full(4, thresholds, dtype=np.float32), topk)
    return decide(Visit('a.png', 'folder', Prediction('a.png', NAMES, SCORES, None, []), selected), rule)


def test_a_label_is_predicted_where_its_score_reaches_its_threshold():
    assert visit().prediction.labels == [1, 2]
    assert move_all(visit(), 0.3).prediction.labels == [1, 2, 3]
    assert move_all(visit(), 0.91).prediction.labels == []
    moved = move_one(move_one(visit(), 0, 0.1), 1, 1)
    assert moved.prediction.labels == [2, 0]
    np.testing.assert_allclose(moved.prediction.thresholds, [.1, 1, .5, .5], rtol=1e-6)


def test_a_step_changes_nothing_of_the_visit_before():
    before = visit()
    move_one(before, 2, 0.8)
    move_all(before, 0.1)
    select(before, 3)
    assert before.selected == 1 and before.prediction.labels == [1, 2]
    np.testing.assert_allclose(before.prediction.thresholds, 0.5)


def test_of_a_model_that_takes_its_highest_labels():
    found = visit(None, 2)
    assert found.prediction.labels == [1, 2] and {row.threshold for row in label_rows(found)[0]} == {None}
    with pytest.raises(ValueError, match='set one for all labels first'):
        move_one(found, 0, 0.3)
    assert move_all(found, 0.3).prediction.labels == [1, 2, 3]


@pytest.mark.parametrize('position', [-1, 4, 1.0, '1', None, True])
def test_positions_from_a_browser_are_not_trusted(position):
    for step in (lambda: select(visit(), position), lambda: move_one(visit(), position, 0.5)):
        with pytest.raises(ValueError, match='no label number'):
            step()


@pytest.mark.parametrize('threshold', [-0.1, 1.01, float('nan'), '0.5', None, True])
def test_thresholds_from_a_browser_are_not_trusted(threshold):
    for step in (lambda: move_all(visit(), threshold), lambda: move_one(visit(), 1, threshold)):
        with pytest.raises(ValueError, match='from 0 to 1'):
            step()


def test_before_there_is_an_input():
    assert label_rows(Visit()) == ([], 0)
    assert move_all(Visit(), 0.3) == Visit()
    with pytest.raises(ValueError, match='no label number 0'):
        select(Visit(), 0)


def test_the_list_has_the_predicted_the_selected_and_the_highest_others():
    rows, hidden = label_rows(visit(), most=3)
    assert [(row.label, row.predicted) for row in rows] == [('ball', True), ('racket', True), ('dog', False)]
    assert hidden == 1
    thresholds = np.array([.1, 1, 1, 1], dtype=np.float32)  # the lowest score alone is predicted, another is selected
    rows, hidden = label_rows(decide(visit(selected=3), Rule(thresholds, None)), most=2)
    assert [(row.label, row.position, row.predicted) for row in rows] == [('dog', 3, False), ('person', 0, True)]
    assert hidden == 2
    assert [row.label for row in label_rows(visit(), every=True, most=1)[0]] == ['ball', 'racket', 'dog', 'person']


def test_a_label_stays_in_the_list_when_its_threshold_passes_its_score():
    """Otherwise the next arrow key would move the threshold of another label."""
    moved = move_one(visit(), 2, 0.6)
    assert [(row.label, row.predicted) for row in label_rows(moved, most=1)[0]] == [('ball', True), ('racket', False)]
    assert [row.label for row in label_rows(move_all(moved, 0.6), most=1)[0]] == ['ball']
    reset = decide(moved, Rule(np.full(4, .6, np.float32), None))
    assert [row.label for row in label_rows(reset, most=1)[0]] == ['ball']


def test_the_label_that_is_explained_first():
    assert first_label(visit(0.5).prediction) == 1
    assert first_label(visit(1.0).prediction) == 1
    assert first_label(decide(visit(), Rule(np.float32([0.1, 1, 1, 1]), None)).prediction) == 0
