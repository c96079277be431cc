"""Protocols against scikit-learn, numbers worked by hand and slow transcriptions of definitions."""
import re

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from kssnet_mm.evaluation.functional import (PROTOCOLS, Predictions, Protocol, average_precision,
                                             sample_average_precision, score_protocols)

RNG = np.random.default_rng(0)
TIED = RNG.integers(0, 15, (200, 9)) / 15
SCORES = RNG.random((200, 9))
TARGETS = (RNG.random((200, 9)) < 0.3).astype(np.int8)


def slow_ap(scores, targets):
    """The definition, one rank at a time."""
    right, total = 0, 0.0
    for rank, i in enumerate(sorted(range(len(scores)), key=lambda i: -scores[i]), 1):
        if targets[i] == 1:
            right += 1
            total += right / rank
    return total / right


def test_by_hand():
    scores = np.array([[.9], [.8], [.7], [.6]])
    targets = np.array([[1], [0], [1], [0]])
    assert average_precision(scores, targets)[0] == pytest.approx((1 + 2 / 3) / 2)
    # the envelope lifts nothing here; with a worse start it does: precisions 0, 1/2, 2/3
    late = np.array([[0], [1], [1], [0]])
    assert average_precision(scores, late)[0] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert average_precision(scores, late, 'voc')[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize('scores', [SCORES, TIED])
def test_equal_to_sklearn(scores):
    expected = [average_precision_score(TARGETS[:, i], scores[:, i]) for i in range(9)]
    np.testing.assert_allclose(average_precision(scores, TARGETS, 'sklearn'), expected, rtol=1e-12)


@pytest.mark.parametrize('levels, classes', [(3, 4), (60, 4), (500, 4), (15, 81)])
def test_equal_to_the_definition_with_ties_and_beyond_one_block(levels, classes):
    """Few and many tied values take two ways; both are the stable order of the definition."""
    scores = RNG.integers(0, levels, (300, classes)) / levels
    targets = (RNG.random((300, classes)) < 0.4).astype(np.int8)
    expected = [slow_ap(scores[:, i], targets[:, i]) for i in range(classes)]
    np.testing.assert_allclose(average_precision(scores, targets), expected, rtol=1e-12)


def test_ignored_targets_take_no_rank():
    targets = TARGETS.copy()
    targets[::5] = -1
    keep = np.arange(200) % 5 != 0
    for kind in ('plain', 'sklearn', 'voc'):
        np.testing.assert_allclose(average_precision(TIED, targets, kind),
                                   average_precision(TIED[keep], TARGETS[keep], kind), rtol=1e-12)


def test_map_of_samples_is_another_quantity():
    # one sample, precisions at its two labels 1/2 and 2/3: the envelope makes both 2/3
    assert sample_average_precision(np.array([[.9, .8, .7]]), np.array([[0, 1, 1]]))[0] == pytest.approx(2 / 3)
    frequent = np.tile(TARGETS.mean(axis=0), (200, 1))
    result = score_protocols(frequent, TARGETS)
    assert result['mAP_sample'] > result['mAP'] + 0.1


def test_classes_without_positives():
    targets = TARGETS.copy()
    targets[:, 4] = 0
    with pytest.warns(UserWarning, match='1 of 9 classes have no positive sample: cup'):
        dropped = score_protocols(SCORES, targets, classes=list('abcd') + ['cup'] + list('efgh'))
    with pytest.warns(UserWarning, match='counted as 0'):
        zero = score_protocols(SCORES, targets, empty='zero')
    assert dropped['empty_classes'] == zero['empty_classes'] == 1
    assert zero['mAP'] == pytest.approx(dropped['mAP'] * 8 / 9)
    with pytest.raises(ValueError, match='no positive sample'):
        score_protocols(SCORES, targets, empty='error')


@pytest.mark.parametrize('change, message', [
    (lambda s, t: (np.where(np.indices(s.shape)[0] == 3, np.nan, s), t), 'score of sample 3{}, class 0 is NaN'),
    (lambda s, t: (s, t + 2), 'target of sample 0{}, class 0 is [23]; targets are 1, 0 or -1'),
    (lambda s, t: (s[:, 1:], t), 'must both be n x N')])
@pytest.mark.parametrize('named', [False, True])
def test_bad_input_is_named(change, message, named):
    ids = [f'V{i:04d}' for i in range(200)] if named else None
    with pytest.raises(ValueError) as error:
        score_protocols(*change(SCORES, TARGETS), ids=ids)
    number = 3 if 'NaN' in message else 0
    assert re.search(message.format(rf' \(V000{number}\)' if named else ''), str(error.value))


def slow_envelope(scores, targets):
    """The largest precision at each positive's rank or a later one, ranks without the ignored entries."""
    order = [i for i in sorted(range(len(scores)), key=lambda i: -scores[i]) if targets[i] >= 0]
    precisions = [sum(targets[j] == 1 for j in order[:rank]) / rank for rank in range(1, len(order) + 1)]
    best = [max(precisions[place:]) for place, i in enumerate(order) if targets[i] == 1]
    return sum(best) / len(best)


def test_sample_map_equals_its_definition():
    scores, targets = TIED.copy(), TARGETS.copy()
    targets[::7, 2], targets[5] = -1, 0
    got = sample_average_precision(scores, targets)
    for i in range(200):
        if (targets[i] == 1).any():
            assert got[i] == pytest.approx(slow_envelope(scores[i], targets[i]), rel=1e-12)
        else:
            assert np.isnan(got[i])
    assert np.isnan(got[5])


@pytest.mark.parametrize('levels', [7, 10**6])
def test_voc_and_weighted_map_equal_their_definitions(levels):
    """With ties, ignored targets, and an empty class that neither mean counts."""
    scores = RNG.integers(0, levels, (120, 6)) / levels
    targets = (RNG.random((120, 6)) < [.05, .1, .2, .4, .7, 0]).astype(np.int8)
    targets[:2] = [[1, 1, 1, 1, 1, 0], [0] * 6]
    targets[RNG.random((120, 6)) < .15] = -1
    held = [k for k in range(6) if (targets[:, k] == 1).any()]
    assert held == [0, 1, 2, 3, 4]
    with pytest.warns(UserWarning, match='1 of 6'):
        result = score_protocols(scores, targets)
    voc = [slow_envelope(scores[:, k], targets[:, k]) for k in held]
    assert result['mAP_voc'] == pytest.approx(sum(voc) / 5, rel=1e-12)
    known = [targets[:, k] >= 0 for k in held]
    plain = [slow_ap(scores[rows, k], targets[rows, k]) for k, rows in zip(held, known)]
    counts = [sum(1 for target in targets[:, k] if target == 1) for k in held]
    expected = sum(ap * count for ap, count in zip(plain, counts)) / sum(counts)
    assert result['wAP'] == pytest.approx(expected, rel=1e-12) and result['wAP'] != pytest.approx(result['mAP'])


def test_a_protocol_is_a_row_of_the_table(monkeypatch):
    def wrong(found):
        return float((found.predicted != (found.targets == 1))[found.targets >= 0].mean())

    monkeypatch.setitem(PROTOCOLS, 'Hamming', Protocol(Predictions, wrong, 'share of decisions that are wrong'))
    scores, targets = np.array([[.9, .8, .1], [.2, .3, .6]]), np.array([[1, 0, 0], [-1, 1, 1]], dtype=np.int8)
    result = score_protocols(scores, targets, topk=1)
    # wrong at .5: the second of the first sample and of the second one; among the highest alone: the latter
    assert result['Hamming'] == pytest.approx(2 / 5) and result['top1/Hamming'] == pytest.approx(1 / 5)
    assert all(protocol.what for protocol in PROTOCOLS.values())
