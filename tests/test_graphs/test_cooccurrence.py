"""Estimators of co-occurrence against hand-worked tables and ML-GCN's released counts."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from shared_data import shared

from kssnet_mm.graphs import CooccurrenceGraph, LabelMismatchError, LabelSource, LabelTable
from kssnet_mm.graphs.cooccurrence import count_cooccurrence
from kssnet_mm.graphs.estimators import ESTIMATORS, estimate
from kssnet_mm.utils.safe_pickle import read_safe_pickle

# a: 4 samples, b: 2, c: 2, d: 0; a with b 2, a with c 1, b with c 1; 5 samples.
TARGETS = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0]], dtype=np.uint8)
PAIRS = np.array([[0, 2, 1, 0], [2, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]])
NUMBERS = np.array([4, 2, 2, 0])


class FixedSource(LabelSource):

    def load(self):
        return ['a', 'b', 'c', 'd'], TARGETS


def released_gen_a(adj, nums, t, p=0.25):
    """The released behaviour in loops: columns share p, then the identity is added."""
    n, result = len(adj), np.zeros(adj.shape)
    for j in range(n):
        hits = [i for i in range(n) if adj[i][j] / nums[i] >= t]
        for i in hits:
            result[i, j] = p / (len(hits) + 1e-6)
        result[j, j] += 1
    return result


def test_counts_by_hand():
    for targets in (TARGETS, sparse.csr_array(TARGETS), TARGETS * 200):
        pairs, numbers = count_cooccurrence(targets)
        assert np.array_equal(pairs.toarray(), PAIRS) and np.array_equal(numbers, NUMBERS)


def test_conditional_by_hand():
    expected = [[0, 2 / 4, 1 / 4, 0], [1, 0, 1 / 2, 0], [1 / 2, 1 / 2, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(estimate(PAIRS, NUMBERS, 5, 'conditional'), expected)


def test_pmi_by_hand():
    result = estimate(PAIRS, NUMBERS, 5, 'pmi')
    assert result[0, 1] == pytest.approx(np.log(5 * 2 / (4 * 2)))
    assert result[1, 2] == pytest.approx(np.log(5 * 1 / (2 * 2)))
    assert result[0, 2] == 0  # 5 * 1 < 4 * 2: rarer together than by chance
    assert np.array_equal(result, result.T)


def test_mlgcn_readings_by_hand():
    # P >= 0.5: a->b, b->a, b->c, c->a, c->b; columns a, b have two, c one; rows a has one, b, c two.
    released = estimate(PAIRS, NUMBERS, 5, 'mlgcn', t=0.5, p=0.25)
    np.testing.assert_allclose(
        released, [[1, .125, 0, 0], [.125, 1, .25, 0], [.125, .125, 1, 0], [0, 0, 0, 1]], atol=1e-6)
    paper = estimate(PAIRS, NUMBERS, 5, 'mlgcn_paper', t=0.5, p=0.2)
    np.testing.assert_allclose(
        paper, [[.8, .2, 0, 0], [.1, .8, .1, 0], [.1, .1, .8, 0], [0, 0, 0, .8]], atol=1e-12)


def test_symmetric_forms():
    plain = estimate(PAIRS, NUMBERS, 5, 'conditional')
    for how, expected in (('mean', (plain + plain.T) / 2), ('max', np.maximum(plain, plain.T))):
        np.testing.assert_allclose(estimate(PAIRS, NUMBERS, 5, 'conditional', how), expected)


@pytest.mark.parametrize('t, expected', [
    (.5, [[1, .1, .1, 0], [.1, 1, .2, 0], [.1, .2, 1, 0], [0, 0, 0, 1]]),
    (.6, [[1, .2, 0, 0], [.2, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])])
def test_a_graph_at_its_own_settings_by_hand(t, expected):
    """At .5 columns a and b share .2 between two, c has one: .1 .1 and .2, the larger both ways; at .6 only b->a."""
    _, matrix, _ = CooccurrenceGraph(FixedSource(), 'mlgcn', t=t, p=.2, symmetric='max').build()
    np.testing.assert_allclose(matrix, expected, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 6)), elements=st.integers(0, 1)),
       st.sampled_from(sorted(ESTIMATORS)))
def test_estimates_are_finite_and_not_negative(targets, estimator):
    dense = estimate(*count_cooccurrence(targets), len(targets), estimator)
    assert np.isfinite(dense).all() and (dense >= 0).all()


def test_coco_statistics_equal_the_released_ones():
    names, targets = LabelTable(shared('coco2014_labels.npz'), key='train').load()
    pairs, numbers = count_cooccurrence(targets)
    released = read_safe_pickle(shared('mlgcn/coco_adj.pkl'))
    assert names == sorted(names) and targets.shape[0] == 82081
    assert np.array_equal(pairs.toarray(), released['adj']) and np.array_equal(numbers, released['nums'])


def test_coco_reading_equals_released_gen_a():
    released = read_safe_pickle(shared('mlgcn/coco_adj.pkl'))
    _, matrix, summary = CooccurrenceGraph(
        dict(type='LabelTable', file=str(shared('coco2014_labels.npz')), key='train')).build()
    off = matrix * (1 - np.eye(80))
    assert np.count_nonzero(off) == 111
    columns = off.sum(axis=0)
    np.testing.assert_allclose(columns[columns > 0], 0.25, rtol=1e-5)
    np.testing.assert_allclose(matrix, released_gen_a(released['adj'], released['nums'], 0.4), rtol=1e-6)
    counts = summary.pop('label_counts')
    assert summary == dict(samples=82081, labelled_samples=82081, labels_without_samples=[])
    assert np.array_equal(counts[:, 0], released['nums']) and (counts[:, 1] == 82081).all()


# -1 is unknown. a: held 3 times, b 2, c 2. Known of both: ab in rows 0 1 3, ac in 1 2 3, bc in 1 3.
PARTIAL = np.array([[1, 1, -1], [1, 0, 1], [1, -1, 0], [0, 1, 1]], dtype=np.int8)


@pytest.mark.parametrize('make', [np.asarray, sparse.csr_array, lambda t: t.astype(np.float64)])
def test_unknown_labels_count_in_the_samples_where_both_are_known(make):
    """P_ij is M_ij over the samples that hold i and of which j is known, worked by hand."""
    source = type('Source', (LabelSource, ), dict(load=lambda self: (['a', 'b', 'c'], make(PARTIAL))))()
    _, matrix, summary = CooccurrenceGraph(source, estimator='conditional').build()
    matrix = matrix.toarray() if sparse.issparse(matrix) else matrix
    np.testing.assert_allclose(matrix, [[0, 1 / 2, 1 / 2], [1 / 2, 0, 1], [1 / 2, 1 / 2, 0]])
    assert summary['label_counts'].tolist() == [[3, 4], [2, 3], [2, 3]] and summary['labelled_samples'] == 4
    matrix = CooccurrenceGraph(source, estimator='pmi').build()[1]
    matrix = matrix.toarray() if sparse.issparse(matrix) else matrix
    # bc: both known in 2 samples, both held in 1, b (c known) in 1, c (b known) in 2; ac: log(3 * 1 / (2 * 2)) < 0
    np.testing.assert_allclose(matrix, np.zeros((3, 3)), atol=1e-7)


def test_pmi_over_known_pairs():
    """x y known of both in 4 samples, both held in 2, each held in 2 of those: log(4 * 2 / (2 * 2)) = log 2."""
    table = np.array([[1, 1], [1, 1], [0, 0], [0, 0], [1, -1], [-1, 1], [1, -1], [-1, -1]])
    source = type('Source', (LabelSource, ), dict(load=lambda self: (['x', 'y'], table)))()
    matrix = CooccurrenceGraph(source, estimator='pmi').build()[1]
    np.testing.assert_allclose(matrix, [[0, np.log(2)], [np.log(2), 0]], rtol=1e-6)


def test_a_table_of_arrays_keeps_unknown_labels(tmp_path):
    np.savez(tmp_path / 'table.npz', labels=['a', 'b', 'c'], targets=np.vstack([PARTIAL, [[-1, 0, 0]]]))
    names, targets = LabelTable(tmp_path / 'table.npz').load()
    assert np.array_equal(targets.toarray(), PARTIAL)  # the last row holds no label that is known


def test_labels_in_any_order_and_spelling():
    graph = CooccurrenceGraph(FixedSource(), estimator='counts')
    names, matrix, summary = graph.build(['C', ' a'])
    assert names == ['C', ' a'] and np.array_equal(matrix, [[0, 1], [1, 0]])
    assert summary['labels_without_samples'] == []
    summary = graph.build()[2]
    assert summary.pop('label_counts').tolist() == [[4, 5], [2, 5], [2, 5], [0, 5]]
    assert summary == dict(samples=5, labelled_samples=5, labels_without_samples=['d'])
    with pytest.raises(LabelMismatchError, match="lacks 1: 'x'"):
        graph.build(['a', 'x'])


@pytest.mark.parametrize('settings_, match', [(dict(estimator='odds'), "'odds'"), (dict(t=0), 't=0'),
                                              (dict(p=1.5), 'p=1.5'), (dict(symmetric='min'), "'min'"),
                                              (dict(reading='pmi'), "called estimator='pmi' now")])
def test_bad_settings_are_named(settings_, match):
    with pytest.raises(ValueError, match=match):
        CooccurrenceGraph(FixedSource(), **settings_)


def test_a_source_without_its_methods_is_refused():
    with pytest.raises(ValueError, match=r'the label source dict_keys needs the methods load\(\) and concepts\(\)'):
        CooccurrenceGraph({}.keys())
    assert FixedSource().concepts() is None


@pytest.mark.parametrize('estimator', sorted(ESTIMATORS))
@pytest.mark.parametrize('labels', [None, ['b', 'c']])
def test_unknown_labels_without_any_pair_give_an_empty_graph(estimator, labels):
    table = np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, -1, 0]], dtype=np.int8)
    source = type('Source', (LabelSource, ), dict(load=lambda self: (['a', 'b', 'c'], table)))()
    _, matrix, summary = CooccurrenceGraph(source, estimator=estimator).build(labels)
    matrix = matrix.toarray() if sparse.issparse(matrix) else matrix
    assert not matrix[~np.eye(len(matrix), dtype=bool)].any()
    assert summary['label_counts'].tolist() == ([[2, 2], [1, 1], [1, 2]] if labels is None else [[1, 1], [1, 2]])


def test_a_share_above_0_is_held():
    source = type('Source', (LabelSource, ), dict(load=lambda self: (['a', 'b'], np.full((4, 2), .5))))()
    _, matrix, summary = CooccurrenceGraph(source, estimator='conditional').build()
    np.testing.assert_allclose(matrix, [[0, 1], [1, 0]])
    assert summary['label_counts'].tolist() == [[4, 4], [4, 4]]
