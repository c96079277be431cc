"""The comparison of label graphs: solver and counts against hand-worked cases and scikit-learn."""
import numpy as np
import pytest
import torch
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from kssnet_mm.graphs import CooccurrenceGraph, LabelSource
from kssnet_mm.reports.graph_comparison import FeatureTable, Settings, compare, read_feature_table, split_table
from kssnet_mm.reports.graph_comparison.advice import GRAPHS, Gain, advise, chosen_graph, gain, narrow_range
from kssnet_mm.reports.graph_comparison.arms import Sources, available, neighbours
from kssnet_mm.reports.graph_comparison.comparison import Comparison, Knowledge
from kssnet_mm.reports.graph_comparison.config_lines import config_lines
from kssnet_mm.reports.graph_comparison.counts import Counts
from kssnet_mm.reports.graph_comparison.false_positives import conditional_false_positives, partners
from kssnet_mm.reports.graph_comparison.logistic import fit, rotation
from kssnet_mm.reports.graph_comparison.report import frequency_groups, page
from kssnet_mm.reports.graph_comparison.tuning import Candidate, Folds, Part, candidates, folds


@pytest.fixture()
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(120, 7)).astype(np.float32) * np.linspace(.1, 3, 7, dtype=np.float32)
    y = (x @ rng.normal(size=(7, 4)) + rng.normal(size=(120, 4)) > 1).astype(np.int8)
    return x, y


def solved(x, y, sharing, decay, steps=100):
    found = rotation(x)
    weights = fit(found(x), torch.from_numpy(y).float(), found.deviation, sharing, decay, steps=steps)
    return weights.logits(found(x)).numpy()


@pytest.mark.parametrize('samples', [120, 5])
def test_without_a_graph_it_is_ridge_logistic_regression(data, samples):
    x, y = (part[-samples:] for part in data)
    y[0], y[1] = 1, 0  # both values of each label
    standard = (x - x.mean(0)) / x.std(0)
    expected = np.stack([LogisticRegression(C=1 / 3., tol=1e-8, max_iter=1000).fit(standard, column)
                         .decision_function(standard) for column in y.T], axis=1)
    np.testing.assert_allclose(solved(x, y, None, 3.), expected, atol=3e-3)
    np.testing.assert_allclose(solved(x, y, np.eye(4), 3.), expected, atol=3e-3)


def test_with_a_graph_it_minimises_the_shared_loss(data):
    """Against plain gradient descent on W = A V in the unrotated features."""
    x, y = data
    a = np.array([[.6, .4, 0, 0], [.4, .6, 0, 0], [0, 0, .5, .5], [0, 0, .5, .5]])
    s = torch.from_numpy((x - x.mean(0)) / x.std(0)).double()
    v, b = torch.zeros(4, 7, dtype=torch.double, requires_grad=True), torch.zeros(4, dtype=torch.double,
                                                                                 requires_grad=True)
    steps = torch.optim.Adam([v, b], lr=.02)
    for _ in range(3000):
        steps.zero_grad()
        z = s @ (torch.from_numpy(a) @ v).t() + b
        (torch.nn.functional.binary_cross_entropy_with_logits(z, torch.from_numpy(y).double(), reduction='sum')
         + (v**2).sum()).backward()
        steps.step()
    np.testing.assert_allclose(solved(x, y, a, 2.), z.detach().numpy(), atol=5e-3)


def test_unknown_targets_count_for_nothing(data):
    x, y = data
    y[60:, 0] = -1
    alone = solved(x[:60], y[:60, :1], None, 3.)
    found = rotation(x[:60])
    weights = fit(found(x), torch.from_numpy(y[:, :1]).float(), found.deviation, None, 3., steps=100)
    np.testing.assert_allclose(weights.logits(found(x[:60])).numpy(), alone, atol=3e-3)


def test_a_constant_feature_does_not_matter(data):
    x, y = data
    more = np.concatenate([x, np.full((120, 1), 5, np.float32)], axis=1)
    np.testing.assert_allclose(solved(more, y, None, 3.), solved(x, y, None, 3.), atol=1e-4)


def test_conditional_false_positives_by_hand():
    """The partner of label 0 is label 1. Two samples hold label 0, so the two highest scores are predicted.

    Of the negatives of label 0 the samples 2 and 3 have the partner, 4 has not, 5's partner is not known.
    """
    targets = np.array([[1, 0], [1, 1], [0, 1], [0, 1], [0, 0], [0, -1]])
    scores = np.zeros((6, 2))
    scores[:, 0] = [.9, .1, .8, .2, .3, .4]
    partner = partners(np.array([[.3, .7], [0, 1]]))
    assert partner.tolist() == [1, -1]
    found = conditional_false_positives(scores, targets, partner)
    assert [part.tolist() for part in found] == [[2, 0], [1, 0], [1, 0], [0, 0]]
    assert found.rates() == (.5, 0)


def test_counts_of_folds_are_taken_away():
    targets = np.array([[1, 1], [1, 0], [1, 1], [-1, 1]])
    counts = Counts.of(targets)
    assert counts.pairs.tolist() == [[0, 2], [2, 0]] and counts.numbers.tolist() == [3, 3] and counts.samples == 4
    left = counts.minus(Counts.of(targets[:1]))
    assert left.pairs.tolist() == [[0, 1], [1, 0]] and left.numbers.tolist() == [2, 2] and left.samples == 3


@pytest.mark.parametrize('estimator', ['conditional', 'mlgcn', 'mlgcn_paper', 'pmi', 'counts'])
def test_an_arm_is_the_graph_that_its_config_lines_build(estimator):
    """A pair counts in the samples of which both labels are known: P(b | a) is 1 of 1, P(a | b) is 1 of 2."""
    targets = np.array([[1, 1], [1, -1], [1, -1], [1, -1], [0, 1]], np.int8)

    class Table(LabelSource):
        def load(self):
            return ['a', 'b'], sparse.csr_array(targets)

    _, matrix, _ = CooccurrenceGraph(Table(), estimator).build()
    more = Counts.of(np.concatenate([targets, [[-1, 1], [1, 0]]])).minus(Counts.of(np.array([[-1, 1], [1, 0]])))
    for counts in (Counts.of(targets), more, Counts.of(targets[:2]).plus(Counts.of(targets[2:]))):
        np.testing.assert_allclose(counts.estimate(estimator), matrix, rtol=1e-6)
    if estimator == 'conditional':
        np.testing.assert_array_equal(Counts.of(targets).estimate(estimator), [[0, 1], [.5, 0]])


def test_a_label_that_no_sample_knows_does_not_stop_the_others(data):
    x, y = data
    more = np.concatenate([y, np.full((120, 1), -1, np.int8)], axis=1)
    found = solved(x, more, None, 3.)
    np.testing.assert_allclose(found[:, :4], solved(x, y, None, 3.), atol=2e-3)
    np.testing.assert_allclose(found[:, 4], 0, atol=1e-6)  # nothing is known of it: as likely as not


def test_arms_take_their_sources():
    own = Counts(np.array([[0, 2, 0], [2, 0, 1], [0, 1, 0]]), np.array([4, 2, 1]), 5)
    rows = Counts(np.array([[0, 0, 4], [0, 0, 0], [4, 0, 0]]), np.array([4, 1, 4]), 8)
    vectors = np.array([[1, 0, .5], [0, 1, 0], [.5, 0, 1]])
    sources = Sources(own, rows, vectors, None, np.array([1, 2, 0]))
    assert neighbours('plain', sources) is None and neighbours('refinement', sources) is None
    np.testing.assert_array_equal(neighbours('identity', sources), np.eye(3))
    # own: P_01 = .5, P_10 = 1, mean .75; P_12 = .5, P_21 = 1, mean .75
    np.testing.assert_allclose(neighbours('cooccurrence', sources), [[0, 1, 0], [.5, 0, .5], [0, 1, 0]])
    # with the rows: n = 8 3 5; pairs 01: (2/8 + 2/3) / 2 = 11/24; 02: (4/8 + 4/5) / 2 = 13/20; 12: (1/3 + 1/5) / 2
    p = np.array([[0, 11 / 24, 13 / 20], [11 / 24, 0, 4 / 15], [13 / 20, 4 / 15, 0]])
    p /= p.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(neighbours('rows', sources), p)
    np.testing.assert_allclose(neighbours('shuffled', sources)[0, 1], p[1, 2])
    np.testing.assert_allclose(neighbours('vectors', sources), [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    # both, of sums of rows of A_S [3/4 (02 and 01), 1, 1] and A_K [1.5, 1, 1.5]: A'_S and A'_K (eq. 1), half and half
    s = np.array([[0, 2 / 8, 4 / 8], [2 / 3, 0, 1 / 3], [4 / 5, 1 / 5, 0]]) / np.sqrt(np.outer(*[[.75, 1, 1]] * 2))
    k = vectors / np.sqrt(np.outer(*[[1.5, 1, 1.5]] * 2))
    both = (s + s.T + k + k.T) * (1 - np.eye(3))
    np.testing.assert_allclose(neighbours('both', sources), both / both.sum(axis=1, keepdims=True))
    assert 'both' not in available(True, False, False) and 'rows' not in available(False, True, True)


def test_every_arm_has_as_many_candidates():
    graph, none = (candidates((.01, 1.), (.1, .3, .5), has_graph) for has_graph in (True, False))
    assert len(graph) == len(none) == len(set(none)) == 6
    assert min(none).decay == pytest.approx(.01) and max(none).decay == pytest.approx(1)


@pytest.mark.parametrize('samples, sizes', [(100, [20] * 5), (300, [100] * 3), (2000, [400])])
def test_folds_hold_every_sample_out_once(samples, sizes):
    parts = folds(samples, np.random.default_rng(0))
    assert [len(part) for part in parts] == sizes
    assert len(np.unique(np.concatenate(parts))) == sum(sizes)


def test_statistics_of_a_fold_lack_its_labels():
    """Against loops over the samples that a fold leaves in."""
    rng = np.random.default_rng(0)
    targets = (rng.random((10, 3)) < .7).astype(np.int8)
    found = Folds(rng.normal(size=(10, 4)).astype(np.float32), targets, rng)
    ps = found.statistics('cooccurrence', Sources(Counts.of(targets), None, None, None, np.arange(3)))
    assert len(ps) == 5
    for p, held_out in zip(ps, found.held_out):
        rest = [row for i, row in enumerate(targets.tolist()) if i not in held_out]
        weights = np.zeros((3, 3))
        for i in range(3):
            for j in range(3):
                both = sum(row[i] and row[j] for row in rest)
                weights[i, j] = 0 if i == j else (both / sum(row[i] for row in rest)
                                                  + both / sum(row[j] for row in rest)) / 2
        np.testing.assert_allclose(p, weights / weights.sum(axis=1, keepdims=True))
    assert max(np.abs(p - ps[0]).max() for p in ps) > .01


def test_a_part_projects_other_samples(data):
    x, y = data
    part = Part.of(x[:60], y[:60])
    weights = part.solve(Candidate(.1, .3), np.eye(4)[[1, 0, 3, 2]])
    assert weights.logits(part.project(x[60:])).shape == (60, 4)


def groups_that_share(samples, labels=24, groups=4, features=40, shared=.95, seed=0):
    """Labels of a group occur together and have almost the same weights; each by itself is rare."""
    rng = np.random.default_rng(seed)
    group = np.arange(labels) % groups
    x = rng.normal(size=(samples, features))
    w = shared * rng.normal(size=(groups, features))[group] \
        + (1 - shared**2)**.5 * rng.normal(size=(labels, features))
    z = 3 * x @ w.T / features**.5 + rng.logistic(size=(samples, labels)) - 4
    return FeatureTable(x.astype(np.float32), (z > 0).astype(np.int8), [f'label {i}' for i in range(labels)])


SOME = ['cooccurrence', 'rows', 'shuffled']


@pytest.fixture(scope='module')
def shared():
    train, test = split_table(groups_that_share(1580), 1000)
    return compare(train, test, settings=Settings(SOME, seeds=2, samples=80, etas=(.3, ), resamples=100))


def test_a_graph_wins_where_labels_share_their_weights(shared):
    rows, shuffled = gain(shared, 'rows', 'identity'), gain(shared, 'shuffled', 'identity')
    assert rows.sure and rows.mean > 2 and shuffled.mean < rows.mean / 2
    arm, sentence = advise(shared)
    assert arm in GRAPHS and sentence.startswith('A label graph pays')
    np.testing.assert_allclose(shared.mean_ap('plain'), shared.mean_ap('identity'), atol=2e-3)


def test_no_graph_wins_where_labels_are_independent():
    train, test = split_table(groups_that_share(1800, shared=0, seed=1), 1200)
    found = compare(train, test, settings=Settings(SOME, seeds=2, samples=250, etas=(.1, .3),
                                                         decays=(.03, .3), resamples=100))
    arm, sentence = advise(found)
    assert arm is None and ('no sure gain' in sentence or 'Leave the label graph out' in sentence)


def test_the_page_shows_what_was_found(shared):
    text = page(shared, 'Trial', config_lines(shared, 'rows', 'rows.npz', 'train'), picture='a.png')
    assert '80 training samples, 1000 test samples, 24 labels, 500 label rows' in text
    assert text.count('\n| rows') == 3 and '## Advice' in text and 'GraphLinearClassifier' in text
    assert "source=dict(type='LabelTable', file='rows.npz', key='train')" in text
    counts = shared.positives.mean(axis=0)
    first, *_, last = frequency_groups(shared)
    assert counts[first].max() <= counts[last].min()


def test_a_range_of_decays_that_is_too_narrow_is_said():
    found = Comparison(['a'], 5, 5, 0, tuned=dict(
        plain=[Candidate(.01, None), Candidate(.1, None), Candidate(.05, None)],  # an end in two of three seeds
        identity=[Candidate(.1, 0.)] * 3,  # has the plain one's
        rows=[Candidate(.1, .3), Candidate(.03, .3), Candidate(.03, .3)],
        shuffled=[Candidate(.1, .3)] * 3))
    said = narrow_range(found, (.03, .01, .1))
    assert said.startswith('The weight decay of plain, shuffled was chosen at an end of') and '(0.01 to 0.1)' in said
    assert narrow_range(found, (.001, .01, .1, 1)) == ''


def test_a_gain_is_in_points_of_map():
    found = Comparison(['a', 'b'], 5, 5, 0)
    found.average_precision = dict(x=np.array([[.5, .7], [.4, np.nan]]), identity=np.array([[.5, .5], [.2, np.nan]]))
    found.resampled = dict(x=np.linspace(.3, .5, 101), identity=np.full(101, .3))
    got = gain(found, 'x', 'identity')
    # seeds: 60 - 50 = 10 and 40 - 20 = 20
    assert (got.mean, got.deviation) == pytest.approx((15, 50**.5))
    # resampled differences lie evenly from 0 to 20, mean 10, and are moved to the observed 15
    assert (got.low, got.high) == pytest.approx((5.5, 24.5))


@pytest.mark.parametrize('low, error, sure', [(.1, .99, True), (.1, 1., False), (0., .5, False), (.1, None, False)])
def test_a_gain_is_sure_above_two_standard_errors(low, error, sure):
    assert Gain(2., 3., low, 4., error).sure is sure


def test_a_graph_is_chosen_on_the_folds():
    """Where the test samples say the opposite, and a control is above both."""
    found = Comparison(['a'], 5, 5, 0, validation=dict(shuffled=[.9, .9], rows=[.5, .6], cooccurrence=[.4, .5]))
    found.average_precision = {arm: np.full((2, 1), value)
                               for arm, value in dict(shuffled=.1, rows=.2, cooccurrence=.8).items()}
    assert chosen_graph(found) == 'rows'
    found.validation['cooccurrence'] = [.9, .5]
    assert chosen_graph(found) == 'cooccurrence'
    assert chosen_graph(Comparison(['a'], 5, 5, 0, validation=dict(plain=[.5]))) is None


@pytest.mark.parametrize('settings, message', [
    (dict(arms=['knowledge']), "arms .'knowledge'. are not among"), (dict(seeds=0), 'seeds=0'),
    (dict(etas=(0., .3)), 'etas'), (dict(samples=3), 'samples=3'), (dict(resamples=1), 'resamples=1')])
def test_settings_are_checked(settings, message):
    with pytest.raises(ValueError, match=message):
        Settings(**settings)


def test_one_seed_makes_nothing_sure():
    train, test = split_table(groups_that_share(580), 400)
    found = compare(train, test, settings=Settings(['rows'], seeds=1, samples=80, etas=(.3, ), decays=(.1, ),
                                                   resamples=50))
    assert list(found.tuned) == ['plain', 'identity', 'rows', 'shuffled']  # the controls are always there
    value = gain(found, 'rows', 'identity')
    assert value.mean > 0 and value.low > 0 and value.deviation is None and not value.sure
    arm, sentence = advise(found)
    assert arm is None and 'from one seed, which makes nothing sure' in sentence and 'over the shuffled' in sentence
    assert '±' not in page(found, 'Trial', '').split('| arm')[1]


def test_what_the_data_do_not_allow_is_said():
    table = groups_that_share(60)
    with pytest.raises(ValueError, match="'rows'.* need what is not there"):
        compare(table, table, settings=Settings(arms=['rows']))
    with pytest.raises(ValueError, match='only 60 training samples'):
        compare(table, table, settings=Settings(samples=61))
    assert Knowledge().rows is None


def test_feature_files_are_read_in_both_forms(tmp_path):
    x = np.array([[0, 2.], [0, 0], [3, 4]], dtype=np.float32)
    y = np.array([[1, 0, 1], [0, 0, 1], [0, 1, 0]], dtype=np.uint8)
    np.savez(tmp_path / 'csr.npz', indices=np.array([1, 0, 1], np.uint16), indptr=np.array([0, 1, 1, 3], np.int32),
             values=np.array([2., 3, 4]), shape=np.array([3, 2]), targets=np.packbits(y, axis=1),
             classes=np.array(['a', 'b', 'c']))
    np.savez(tmp_path / 'dense.npz', features=x, targets=y, classes=np.array(['a', 'b', 'c']), ids=np.array([7, 8, 9]))
    for name in ('csr', 'dense'):
        table = read_feature_table(tmp_path / f'{name}.npz')
        np.testing.assert_array_equal(table.features, x)
        np.testing.assert_array_equal(table.targets, y)
        assert table.classes == ['a', 'b', 'c']
    assert table.ids == ['7', '8', '9']
    np.savez(tmp_path / 'no.npz', targets=y, classes=np.array(['a', 'b', 'c']))
    with pytest.raises(ValueError, match='no.npz is no table of features: it has no indices'):
        read_feature_table(tmp_path / 'no.npz')
    for wrong in (.7, np.nan, 5):
        np.savez(tmp_path / 'soft.npz', features=x, targets=np.where(y, wrong, 0), classes=np.array(['a', 'b', 'c']))
        with pytest.raises(ValueError, match='soft.npz is no table of features: its targets must be 1, 0 or -1'):
            read_feature_table(tmp_path / 'soft.npz')
