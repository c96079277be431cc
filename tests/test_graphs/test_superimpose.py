"""Equations 2 to 4 against numbers worked by hand and against properties."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from kssnet_mm.graphs.superimpose import (ks_graph, normalize_symmetric, smooth, superimpose,
                                          threshold)

weights = st.floats(0, 8, allow_nan=False, width=32).map(lambda x: 0.0 if x < 1e-3 else x)
matrices = st.integers(1, 7).flatmap(lambda n: hnp.arrays(np.float64, (n, n), elements=weights))
pairs = st.integers(1, 6).flatmap(lambda n: st.tuples(
    hnp.arrays(np.float64, (n, n), elements=weights), hnp.arrays(np.float64, (n, n), elements=weights)))
few = settings(max_examples=30, deadline=None)


def loop_normalize(matrix):
    """Element by element, as the sentence below eq. 1 reads."""
    n, result = len(matrix), np.zeros(matrix.shape)
    for i in range(n):
        for j in range(n):
            product = sum(matrix[i]) * sum(matrix[j])
            result[i, j] = matrix[i, j] / product**0.5 if product > 0 else 0
    return result


def test_normalize_by_hand():
    matrix = np.array([[0., 4., 0.], [4., 0., 12.], [0., 12., 0.]])  # degrees 4, 16, 12
    expected = np.array([[0, 0.5, 0], [0.5, 0, 12 / np.sqrt(192)], [0, 12 / np.sqrt(192), 0]])
    np.testing.assert_allclose(normalize_symmetric(matrix), expected, rtol=1e-15)


def dense(matrix):
    return matrix.toarray() if sparse.issparse(matrix) else matrix


@pytest.mark.parametrize('form', [np.array, sparse.csr_array])
def test_edge_cases_in_both_forms(form):
    # row sums 9, 4, 0: a label that is only reached has no degree, and the edges that lead to it are lost
    found = normalize_symmetric(form([[0., 1., 8.], [4., 0., 0.], [0., 0., 0.]]))
    np.testing.assert_allclose(dense(found), [[0, 1 / 6, 0], [4 / 6, 0, 0], [0, 0, 0]], rtol=1e-15)
    # an isolated label stays zero; row sums 0, 4, 2
    found = normalize_symmetric(form([[0., 0., 0.], [0., 2., 2.], [0., 2., 0.]]))
    np.testing.assert_allclose(dense(found), [[0, 0, 0], [0, 1 / 2, 2 / 8**.5], [0, 2 / 8**.5, 0]], rtol=1e-15)
    # an entry of exactly tau stays
    assert dense(threshold(form([[0.5, 0.25], [0.125, 0.]]), 0.25)).tolist() == [[0.5, 0.25], [0, 0]]


@few
@given(matrices)
def test_normalize_equals_the_loop(matrix):
    np.testing.assert_allclose(normalize_symmetric(matrix), loop_normalize(matrix), rtol=1e-9, atol=1e-12)


@few
@given(matrices, st.floats(0.01, 50))
def test_normalize_ignores_scale_and_bounds_eigenvalues(matrix, scale):
    symmetric = matrix + matrix.T
    normalized = normalize_symmetric(symmetric)
    np.testing.assert_allclose(normalize_symmetric(scale * symmetric), normalized, atol=1e-9)
    top = np.abs(np.linalg.eigvalsh(normalized)).max()
    assert top == pytest.approx(1.0 if symmetric.any() else 0.0, abs=1e-9)


@few
@given(pairs)
def test_lam_0_and_1_are_the_pure_graphs(priors):
    statistical, knowledge = priors
    assert np.array_equal(superimpose(statistical, knowledge, 1), normalize_symmetric(statistical))
    assert np.array_equal(superimpose(statistical, knowledge, 0), normalize_symmetric(knowledge))


@few
@given(pairs, st.floats(0, 1))
def test_superimpose_lies_between_and_commutes(priors, lam):
    s, k = map(normalize_symmetric, priors)
    mixed = superimpose(*priors, lam)
    assert (mixed >= np.minimum(s, k) - 1e-12).all() and (mixed <= np.maximum(s, k) + 1e-12).all()
    np.testing.assert_allclose(mixed, superimpose(priors[1], priors[0], 1 - lam), atol=1e-12)


@few
@given(matrices, st.floats(0, 9))
def test_threshold_keeps_what_reaches_tau_and_is_idempotent(matrix, tau):
    kept = threshold(matrix, tau)
    assert np.array_equal(kept, [[x if x >= tau else 0 for x in row] for row in matrix])
    assert np.array_equal(threshold(kept, tau), kept)
    assert np.array_equal(threshold(sparse.csr_array(matrix), tau).toarray(), kept)


@few
@given(matrices, st.floats(0, 1))
def test_smooth_moves_weight_to_the_diagonal(matrix, eta):
    smoothed = smooth(matrix, eta)
    off = ~np.eye(len(matrix), dtype=bool)
    np.testing.assert_allclose(smoothed[off], eta * matrix[off])
    np.testing.assert_allclose(np.diag(smoothed), eta * np.diag(matrix) + 1 - eta)


@few
@given(pairs, st.floats(0, 1), st.floats(0, 1), st.booleans(), st.booleans())
def test_sparse_equals_dense(priors, lam, eta, normalize, renormalize):
    # tau = 0: the two add in another order, and a last bit must not straddle the threshold.
    dense = ks_graph(*priors, lam, 0, eta, normalize, renormalize)
    stored = ks_graph(*map(sparse.csr_array, priors), lam, 0, eta, normalize, renormalize)
    assert sparse.issparse(stored) and np.isfinite(dense).all()
    np.testing.assert_allclose(stored.toarray(), dense, rtol=1e-12, atol=1e-15)


@few
@given(pairs, st.floats(0, 1), st.floats(0, 1), st.randoms(use_true_random=False))
def test_permuting_labels_permutes_the_graph(priors, lam, eta, random):
    order = list(range(len(priors[0])))
    random.shuffle(order)
    cut = np.ix_(order, order)
    # Sums in another order may differ in the last bit, which must not straddle tau: compare without it.
    np.testing.assert_allclose(ks_graph(*(prior[cut] for prior in priors), lam, 0, eta),
                               ks_graph(*priors, lam, 0, eta)[cut], atol=1e-12)


def test_ks_graph_by_hand():
    statistical = np.array([[0., 1., 0.], [1., 0., 0.], [0., 0., 0.]])  # normalised: itself
    knowledge = np.array([[0., 0., 0.], [0., 0., 9.], [0., 9., 0.]])  # normalised: ones
    graph = ks_graph(statistical, knowledge, lam=0.75, tau=0.5, eta=0.4)
    np.testing.assert_allclose(graph, [[0.6, 0.3, 0], [0.3, 0.6, 0], [0, 0, 0.6]])  # 0.25 < tau
    kept = ks_graph(statistical, knowledge, lam=0.75, tau=0.25, eta=0.4)
    assert kept[1, 2] == pytest.approx(0.1)  # at tau an edge stays
    again = ks_graph(statistical, knowledge, lam=0.75, tau=0, eta=1, renormalize=True)
    # degrees of the mix: 0.75, 1, 0.25
    np.testing.assert_allclose(again[1], [0.75 / 0.75**0.5, 0, 0.25 / 0.25**0.5])


def test_one_prior_is_enough_and_none_is_not():
    prior = np.array([[0., 3.], [3., 0.]])
    for priors in ((prior, None), (None, prior)):
        np.testing.assert_allclose(ks_graph(*priors, lam=0.4, tau=0, eta=1), [[0, 1], [1, 0]])
    with pytest.raises(ValueError, match='needs a statistical or a knowledge'):
        ks_graph(None, None, 0.4, 0, 1)


def test_a_dense_and_a_sparse_prior_give_a_sparse_graph():
    prior = np.array([[0., 3.], [3., 0.]])
    mixed = superimpose(prior, sparse.csr_array(prior), 0.3)
    assert sparse.issparse(mixed)
    np.testing.assert_allclose(mixed.toarray(), [[0, 1], [1, 0]])


@pytest.mark.parametrize('lam, tau, eta, name', [(-0.1, 0, 0, 'lam'), (1.5, 0, 0, 'lam'),
                                                 (0, -1, 0, 'tau'), (0, float('nan'), 0, 'tau'),
                                                 (0, 0, 2, 'eta'), (float('nan'), 0, 0, 'lam')])
def test_bad_values_are_named(lam, tau, eta, name):
    with pytest.raises(ValueError, match=name):
        ks_graph(np.eye(2), np.eye(2), lam, tau, eta)


def test_arguments_are_left_alone():
    prior = sparse.csr_array(np.array([[0., 3.], [1., 0.]]))
    before = prior.toarray()
    ks_graph(prior, prior, 0.4, 0.9, 0.4)
    assert np.array_equal(prior.toarray(), before)


@pytest.mark.parametrize('dtype', [np.int64, np.uint8, bool, np.float32])
@pytest.mark.parametrize('form', [np.array, sparse.csr_array])
def test_priors_of_whole_numbers_are_normalised_too(form, dtype):
    """Degrees 2, 1, 1: edges of 1 / sqrt(2)."""
    matrix = form(np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], dtype=dtype))
    half = 2**-.5
    found = normalize_symmetric(matrix)
    np.testing.assert_allclose(dense(found), [[0, half, half], [half, 0, 0], [half, 0, 0]], rtol=1e-6)
    assert found.dtype == (np.float32 if dtype is np.float32 else np.float64)
