"""Similarities of label vectors by hand, and as a graph's knowledge."""
import numpy as np

from kssnet_mm.graphs import LabelGraphBuilder
from kssnet_mm.graphs.similarity import similarity


def test_the_mean_comes_off_and_negative_cosines_are_no_edges():
    found = similarity(np.array([[2., 0], [0, 2], [1, 1]]))  # centred: (1, -1), (-1, 1), 0
    np.testing.assert_allclose(found, [[1, 0, 0], [0, 1, 0], [0, 0, 0]], atol=1e-12)


def test_it_stands_in_the_place_of_conceptnet(tmp_path):
    """Mean (1, 1): centred (2, 0), (1, 1), (-3, -1); cosines .707 and two negative ones."""
    (tmp_path / 'vectors.txt').write_text('cat 3 1\ndog 2 2\nbus -2 0\n')
    graph = LabelGraphBuilder(
        labels=['cat', 'dog', 'bus'], preset='mlgcn', lam=0.0,
        knowledge=dict(type='SimilarityGraph',
                       embedding=dict(type='WordVectorEmbedding', file=str(tmp_path / 'vectors.txt')))).build()
    half = 2**-.5
    np.testing.assert_allclose(graph.adjacency, [[0, half, 0], [half, 0, 0], [0, 0, 0]], atol=1e-6)
    assert graph.meta['knowledge']['edges'] == 2


def test_labels_without_a_vector_are_alike_to_none():
    vectors = np.array([[2., 0], [0, 0], [0, 2], [0, 0]])  # centred without the zeros: (1, -1), (-1, 1)
    expected = np.diag([1., 0, 1, 0])
    np.testing.assert_allclose(similarity(vectors), expected, atol=1e-12)
    assert not similarity(np.zeros((3, 2))).any()
