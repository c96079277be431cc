"""Samples by id and classes by name."""
import numpy as np
import pytest

from kssnet_mm.evaluation.functional import (ScoreFile, TargetFile, align_classes, align_submission,
                                             match_targets)

SCORES = np.array([[.1, .2], [.3, .4], [.5, .6]])


@pytest.mark.parametrize('ids, wanted', [
    ([7, 8, 9], ['9', '7']), (['7', '8', '9'], np.array([9, 7])), (np.array([b'7', b'8', b'9']), ['9', '7'])])
def test_ids_are_compared_as_text(ids, wanted):
    aligned, missing = align_submission(ids, SCORES, wanted)
    assert aligned.tolist() == [[.5, .6], [.1, .2]] and missing == 0


def test_some_may_be_missing_but_not_all():
    aligned, missing = align_submission(['A', 'B', 'C'], SCORES, ['X', 'B'])
    assert missing == 1 and aligned.tolist() == [[-np.inf, -np.inf], [.3, .4]]
    with pytest.raises(ValueError, match=r"none of the 2 ids of the targets \('X.mp4', 'B.mp4'\) is among the 3 of the "
                       r"scores \('A', 'B', 'C'\)"):
        align_submission(['A', 'B', 'C'], SCORES, ['X.mp4', 'B.mp4'])


@pytest.mark.parametrize('ids, wanted, message', [
    (['A', 'B', 'A'], ['A'], "ids of the scores come more than once: 'A'"),
    ([1, 2, '1'], ['1'], "ids of the scores come more than once: '1'"),
    (['A', 'B', 'C'], ['B', 'B', 'C', 'C'], "ids of the targets come more than once: 'B', 'C'")])
def test_ids_that_come_twice_are_named(ids, wanted, message):
    with pytest.raises(ValueError, match=message):
        align_submission(ids, SCORES, wanted)


def test_classes_by_name():
    assert align_classes(['cat', 'dog', 'cup'], ['cup', 'cat', 'dog']) == [2, 0, 1]
    assert align_classes(['Cat', 'dining_table'], ['dining table', 'cat']) == [1, 0]
    assert align_classes(['a', 'a'], ['a', 'a']) == [0, 1]  # equal lists need no names
    with pytest.raises(ValueError, match=r"scores \(5\) and of the targets \(2\) differ: only the scores have "
                       r"'a', 'b', 'c' and 1 more; only the targets have 'x'$"):
        align_classes(['a', 'b', 'c', 'd', 'e'], ['e', 'x'])
    with pytest.raises(ValueError, match="cannot be matched by name: 'a', 'b'"):
        align_classes(['a', 'a', 'b'], ['a', 'b', 'b'])


def test_both_at_once():
    content = ScoreFile(SCORES, None, ['dog', 'cat'], ['A', 'B', 'C'])
    given = TargetFile(np.array([[1, 0], [0, 1]]), ['cat', 'dog'], ['C', 'A'])
    matched, missing = match_targets(content, given)
    assert matched.scores.tolist() == [[.6, .5], [.2, .1]] and missing == 0
    assert matched.classes == ['cat', 'dog'] and matched.ids == ['C', 'A']
    np.testing.assert_array_equal(matched.targets, given.targets)


def test_without_names_and_ids_the_order_counts():
    content, given = ScoreFile(SCORES, None, ['dog', 'cat']), TargetFile(np.ones((3, 2)), None, ['x', 'y', 'z'])
    matched, _ = match_targets(content, given)
    assert matched.scores.tolist() == SCORES.tolist() and matched.ids == ['x', 'y', 'z']
    assert matched.classes == ['dog', 'cat']
    with pytest.raises(ValueError, match=r'scores are \(3, 2\), targets \(4, 2\)'):
        match_targets(ScoreFile(SCORES), TargetFile(np.ones((4, 2))))
