"""Protocols against scikit-learn, numbers worked by hand and slow transcriptions of definitions."""
import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from kssnet_mm.evaluation.functional import (PROTOCOLS, Predictions, Protocol, ScoreFile, average_precision,
                                             precision_recall, predicted_labels, read_score_file,
                                             sample_average_precision, score_protocols, write_score_file)

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


def test_ties():
    scores, targets = np.full((4, 1), .5), np.array([[0], [1], [0], [1]])
    assert average_precision(scores, targets, 'sklearn')[0] == pytest.approx(1 / 2)
    assert average_precision(scores, targets)[0] == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert average_precision(scores, targets[::-1])[0] == pytest.approx((1 + 2 / 3) / 2)


@pytest.mark.parametrize('scores', [SCORES, TIED])
def test_equal_to_sklearn(scores):
    expected = [average_precision_score(TARGETS[:, i], scores[:, i]) for i in range(9)]
    np.testing.assert_allclose(average_precision(scores, TARGETS, 'sklearn'), expected, rtol=1e-12)


def test_equal_to_the_definition_also_beyond_one_block():
    scores, targets = np.tile(TIED, (1, 9)), np.tile(TARGETS, (1, 9))
    expected = [slow_ap(scores[:, i], targets[:, i]) for i in range(81)]
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


def test_precision_and_recall_equal_sklearn():
    predicted = predicted_labels(SCORES, 0.6)
    ours = precision_recall(predicted, TARGETS)
    p, r, f, _ = precision_recall_fscore_support(TARGETS, predicted, average='macro', zero_division=0)
    assert (ours['CP'], ours['CR'], ours['CF1_macro']) == pytest.approx((p, r, f))
    assert ours['CF1'] == pytest.approx(2 * p * r / (p + r)) and ours['CF1'] != pytest.approx(f)
    p, r, f, _ = precision_recall_fscore_support(TARGETS, predicted, average='micro')
    assert (ours['OP'], ours['OR'], ours['OF1']) == pytest.approx((p, r, f))


def test_top_k_rules():
    scores = np.array([[.9, .6, .4, .1], [.45, .4, .3, .2]])
    assert predicted_labels(scores, .5, 3, 'exact').sum(axis=1).tolist() == [3, 3]
    assert predicted_labels(scores, .5, 3, 'mlgcn').tolist() == [[True, True, False, False], [False] * 4]


def test_weighted_map_by_hand():
    scores = np.array([[.9, .1], [.8, .2], [.7, .3]])
    targets = np.array([[1, 1], [1, 0], [0, 0]])
    # AP 1 for the first class (two positives), 1/3 for the second (one)
    result = score_protocols(scores, targets)
    assert result['mAP'] == pytest.approx(2 / 3) and result['wAP'] == pytest.approx(7 / 9)


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


def test_all_positive_is_one():
    assert score_protocols(SCORES, np.ones_like(TARGETS))['mAP'] == 1.0


@pytest.mark.parametrize('change, message', [
    (lambda s, t: (np.where(np.indices(s.shape)[0] == 3, np.nan, s), t), 'sample 3, class 0 is NaN'),
    (lambda s, t: (s, t + 2), 'targets are 1, 0 or -1'),
    (lambda s, t: (s[:, 1:], t), 'must both be n x N'),
])
def test_bad_input_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        score_protocols(*change(SCORES, TARGETS))


def test_score_file_comes_back(tmp_path):
    path = tmp_path / 'scores.npz'
    write_score_file(path, ScoreFile(SCORES, TARGETS, list('abcdefghi'), [str(i) for i in range(200)]))
    back = read_score_file(path)
    np.testing.assert_array_equal(back.scores, SCORES)
    assert back.classes == list('abcdefghi') and back.ids[199] == '199'
    assert [p.name for p in tmp_path.iterdir()] == ['scores.npz']
    np.savez(tmp_path / 'other.npz', x=1)
    with pytest.raises(ValueError, match="not 'scores'"):
        read_score_file(tmp_path / 'other.npz')


@pytest.mark.parametrize('levels', [3, 60, 500])
def test_ties_keep_the_order_of_the_samples(levels):
    """Few and many tied values take two ways; both are the stable order of the definition."""
    scores = RNG.integers(0, levels, (300, 4)) / levels
    targets = (RNG.random((300, 4)) < 0.4).astype(np.int8)
    expected = [slow_ap(scores[:, i], targets[:, i]) for i in range(4)]
    np.testing.assert_allclose(average_precision(scores, targets), expected, rtol=1e-12)


def slow_sample_ap(scores, targets):
    """The released code's form: the envelope over each sample's own ranking, one rank at a time."""
    order = sorted((k for k in range(len(scores)) if targets[k] >= 0), key=lambda k: -scores[k])
    precisions, right = [], 0
    for rank, k in enumerate(order, 1):
        right += targets[k] == 1
        precisions.append((right / rank, targets[k] == 1))
    return np.mean([max(p for p, _ in precisions[i:]) for i, (_, hit) in enumerate(precisions) if hit])


def test_sample_map_equals_its_definition():
    scores, targets = TIED.copy(), TARGETS.copy()
    targets[::7, 2], targets[5] = -1, 0
    got = sample_average_precision(scores, targets)
    for i in range(200):
        if (targets[i] == 1).any():
            assert got[i] == pytest.approx(slow_sample_ap(scores[i], targets[i]), rel=1e-12)
        else:
            assert np.isnan(got[i])
    assert np.isnan(got[5])


def slow_voc(scores, targets):
    """The largest precision at each positive's rank or a later one, ranks without the ignored samples."""
    order = [i for i in sorted(range(len(scores)), key=lambda i: -scores[i]) if targets[i] >= 0]
    precisions = [sum(targets[j] == 1 for j in order[:rank]) / rank for rank in range(1, len(order) + 1)]
    best = [max(precisions[place:]) for place, i in enumerate(order) if targets[i] == 1]
    return sum(best) / len(best)


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
    voc = [slow_voc(scores[:, k], targets[:, k]) for k in held]
    assert result['mAP_voc'] == pytest.approx(sum(voc) / 5, rel=1e-12)
    known = [targets[:, k] >= 0 for k in held]
    plain = [slow_ap(scores[rows, k], targets[rows, k]) for k, rows in zip(held, known)]
    counts = [sum(1 for target in targets[:, k] if target == 1) for k in held]
    expected = sum(ap * count for ap, count in zip(plain, counts)) / sum(counts)
    assert result['wAP'] == pytest.approx(expected, rel=1e-12) and result['wAP'] != pytest.approx(result['mAP'])


def test_the_sample_of_a_nan_is_named_by_its_id():
    scores = np.where(np.indices(SCORES.shape)[0] == 3, np.nan, SCORES)
    ids = [f'V{i:04d}' for i in range(200)]
    with pytest.raises(ValueError, match=r'score of sample 3 \(V0003\), class 0 is NaN'):
        score_protocols(scores, TARGETS, ids=ids)
    with pytest.raises(ValueError, match=r'target of sample 0 \(V0000\), class 0 is [23]'):
        score_protocols(SCORES, TARGETS + 2, ids=ids)


def test_a_protocol_is_a_row_of_the_table(monkeypatch):
    def wrong(found):
        return float((found.predicted != (found.targets == 1))[found.targets >= 0].mean())

    monkeypatch.setitem(PROTOCOLS, 'Hamming', Protocol(Predictions, wrong, 'share of decisions that are wrong'))
    scores, targets = np.array([[.9, .8, .1], [.2, .3, .6]]), np.array([[1, 0, 0], [-1, 1, 1]], dtype=np.int8)
    result = score_protocols(scores, targets, topk=1)
    # wrong at .5: the second of the first sample and of the second one; among the highest alone: the latter
    assert result['Hamming'] == pytest.approx(2 / 5) and result['top1/Hamming'] == pytest.approx(1 / 5)
    assert all(protocol.what for protocol in PROTOCOLS.values())
