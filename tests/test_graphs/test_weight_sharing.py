"""A = (1 - eta) I + eta P by hand."""
import numpy as np
import pytest
from scipy import sparse

from kssnet_mm.graphs import neighbour_weights, weight_sharing

# Labels 0 and 1: directions .4 and .2, mean .3. Labels 1 and 2: .6 and 0, mean .3. Label 3 stands alone.
MATRIX = np.array([[9, .4, 0, 0], [.2, 0, .6, 0], [0, 0, 5, 0], [0, 0, 0, 0]])
P = np.array([[0, 1, 0, 0], [.5, 0, .5, 0], [0, 1, 0, 0], [0, 0, 0, 1]])


@pytest.mark.parametrize('storage', [np.asarray, sparse.csr_array])
def test_rows_of_the_symmetric_graph_sum_to_one_and_a_lone_label_is_its_own(storage):
    given = storage(MATRIX)
    np.testing.assert_allclose(neighbour_weights(given), P, atol=1e-12)
    np.testing.assert_array_equal(given.toarray() if sparse.issparse(given) else given, MATRIX)


def test_eta_is_the_share_of_the_neighbours():
    np.testing.assert_allclose(
        weight_sharing(MATRIX, .25),
        [[.75, .25, 0, 0], [.125, .75, .125, 0], [0, .25, .75, 0], [0, 0, 0, 1]], atol=1e-12)
    np.testing.assert_array_equal(weight_sharing(MATRIX, 0), np.eye(4))


@pytest.mark.parametrize('matrix, eta, message', [
    (MATRIX, 1.5, 'eta must be between 0 and 1, got 1.5'), (MATRIX, -.1, 'eta'),
    (-MATRIX, .3, 'weights >= 0'), (MATRIX[:2], .3, 'N x N'), (MATRIX * np.nan, .3, 'finite')])
def test_what_cannot_be_is_named(matrix, eta, message):
    with pytest.raises(ValueError, match=message):
        weight_sharing(matrix, eta)
