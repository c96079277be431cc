"""Precision, recall and the top-k forms: by hand, and against scikit-learn."""
import warnings

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from kssnet_mm.evaluation.functional import precision_recall, predicted_labels, score_protocols

RNG = np.random.default_rng(5)
SCORES = np.array([[.9, .6, .4, .1], [.7, .3, .2, .8]])
TARGETS = np.array([[1, 0, 1, 0], [0, 1, 0, 1]])
NAMES = ('CP', 'CR', 'CF1', 'OP', 'OR', 'OF1', 'CF1_macro')


def top3(thr, rule):
    result = score_protocols(SCORES, TARGETS, thr=thr, topk_rule=rule)
    return [result[f'top3/{name}'] for name in NAMES]


def test_top_3_of_mlgcn_by_hand():
    # named: classes 0, 1 and 0, 3. Precision .5, 0, 0, 1; recall 1, 0, 0, 1; F1 2/3, 0, 0, 1
    assert top3(.5, 'mlgcn') == pytest.approx([3 / 8, 1 / 2, 3 / 7, 2 / 4, 2 / 4, 1 / 2, 5 / 12])


def test_exactly_3_by_hand():
    # named: 0, 1, 2 and 0, 1, 3. Precision .5, .5, 1, 1; recall 1 four times; F1 2/3, 2/3, 1, 1
    expected = [3 / 4, 1, 6 / 7, 4 / 6, 1, 4 / 5, 5 / 6]
    assert top3(.5, 'exact') == pytest.approx(expected)
    # at .05 everything is named, so that the rules agree; at .15 all but class 3 of the first sample
    assert top3(.05, 'mlgcn') == pytest.approx(expected)
    assert score_protocols(SCORES, TARGETS, thr=.15)['OP'] == pytest.approx(4 / 7)


@pytest.mark.parametrize('row, k, expected', [
    ([.5, .5, .5, .5, .5], 3, [0, 1, 2]),
    ([.2, .9, .2, .2, .1], 3, [0, 1, 2]),
    ([.1, .2, .2, .9, .2], 2, [1, 3]),
    ([.3, .2], 3, [0, 1]),
])
def test_of_tied_scores_the_first_classes_are_kept(row, k, expected):
    for rule in ('exact', 'mlgcn'):
        assert np.flatnonzero(predicted_labels(np.array([row]), .05, k, rule)[0]).tolist() == expected


def test_a_missing_score_is_never_predicted():
    scores = np.array([[-np.inf, .2, -np.inf], [-np.inf] * 3])
    assert predicted_labels(scores, .5, 3, 'exact').tolist() == [[False, True, False], [False] * 3]
    assert not predicted_labels(scores, .5, 3, 'mlgcn').any()


def by_sklearn(scores, targets, thr, k, rule):
    """CP, CR, CF1, OP, OR, OF1, CF1_macro of the decisions on known targets, each sample ranked by itself."""
    place = np.array([[sorted(range(len(row)), key=lambda label: (-row[label], label)).index(i)
                       for i in range(len(row))] for row in scores])
    said = place < k if rule == 'exact' else (scores >= thr) & (place < (k or np.inf))
    columns = [(targets[known, i], said[known, i]) for i, known in enumerate(targets.T >= 0)]
    classes = [precision_recall_fscore_support(*column, average='binary', zero_division=0)[:3]
               for column in columns if column[0].any()]
    cp, cr, f1 = np.mean(classes, axis=0)
    overall = precision_recall_fscore_support(*map(np.concatenate, zip(*columns)), average='binary')[:3]
    return [cp, cr, 2 * cp * cr / (cp + cr), *overall, f1]


@pytest.mark.parametrize('k, rule', [(None, 'mlgcn'), (3, 'mlgcn'), (3, 'exact'), (5, 'exact')])
def test_equal_to_sklearn(k, rule):
    scores = RNG.integers(0, 6, (150, 12)) / 6
    targets = (RNG.random((150, 12)) < .2).astype(np.int8)
    targets[RNG.random((150, 12)) < .1] = -1
    targets[:, 7][targets[:, 7] == 1] = 0
    with pytest.warns(UserWarning, match='1 of 12'):
        result = score_protocols(scores, targets, thr=.5, topk=k, topk_rule=rule)
    prefix = '' if k is None else f'top{k}/'
    assert [result[prefix + name] for name in NAMES] == pytest.approx(
        by_sklearn(scores, targets, .5, k, rule), rel=1e-12)


def test_a_perfect_prediction_with_an_empty_class():
    targets = np.array([[1, 0, 0], [0, 1, 0]])
    scores = np.array([[.9, .1, .2], [.2, .8, .1]])
    with pytest.warns(UserWarning, match='left out of the means over classes: mAP in its forms, CP, CR, CF1'):
        dropped = score_protocols(scores, targets)
    with pytest.warns(UserWarning, match='counted as 0'):
        zero = score_protocols(scores, targets, empty='zero')
    for prefix in ('', 'top3/'):
        assert [dropped[prefix + name] for name in NAMES] == [1] * 7
        assert [zero[prefix + name] for name in NAMES] == pytest.approx([2 / 3, 2 / 3, 2 / 3, 1, 1, 1, 2 / 3])


def test_predictions_of_an_empty_class_count_in_op():
    # class 1 is empty and named once: OP 1/2; the mean over the other class is 1
    dropped = precision_recall(np.array([[True, True]]), np.array([[1, 0]]))
    assert (dropped['CP'], dropped['CR'], dropped['CF1_macro'], dropped['OP']) == (1, 1, 1, .5)


def test_no_class_is_left():
    result = precision_recall(np.array([[True, True]]), np.array([[0, 0]]))
    assert all(np.isnan(result[name]) for name in ('CP', 'CR', 'CF1', 'CF1_macro')) and result['OP'] == 0
    with pytest.warns(UserWarning, match='2 of 2'):
        result = score_protocols(np.array([[.9, .1]]), np.array([[0, 0]]))
    assert all(np.isnan(result[name]) for name in ('mAP', 'wAP', 'mAP_sample', 'top3/CF1'))


def test_topk_below_1_is_refused():
    with pytest.raises(ValueError, match='topk must be at least 1, .* got 0'):
        score_protocols(SCORES, TARGETS, topk=0)


def test_logits_are_warned_of():
    with pytest.warns(UserWarning, match=r'2 of 8 scores are no probabilities, as -1.5 of sample 0, class 1: thr=0.5'):
        score_protocols(np.array([[.9, -1.5, .4, .1], [.7, .3, .2, 3.]]), TARGETS)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        score_protocols(np.array([[.9, -np.inf, .4, .1], [0, .3, .2, 1]]), TARGETS)
