"""E(0) from a file with a vector for each label."""
import numpy as np
import pytest

from kssnet_mm.graphs import LabelGraphBuilder, LabelMismatchError, LabelVectorEmbedding


def write(path, labels=('Holding a book', 'dining table', 'cup'), vectors=((3., 4), (0, 2), (0, 0)), **others):
    np.savez(path, labels=np.array(labels), embedding=np.array(vectors), **others)
    return path


def test_whole_names_are_matched_in_any_order_and_spelling(tmp_path):
    """A class name is not taken apart into a verb and an object, whatever concepts a source gives."""
    file = write(tmp_path / 'vectors.npz')
    found = LabelVectorEmbedding(file).build(
        ['Dining_Table', 'holding a book'], concepts={'holding a book': dict(verb='hold', object='book')})
    assert found.tolist() == [[0, 2], [3, 4]] and found.dtype == np.float32
    found = LabelVectorEmbedding(file, normalize=True).build(['cup', 'holding a book'])
    np.testing.assert_allclose(found, [[0, 0], [.6, .8]], rtol=1e-6)


def test_a_builder_takes_it_for_embeddings_and_for_similarity(tmp_path):
    """The mean (2, 3) comes off: (2, 2), (-1, 0), (-1, -2); of the cosines one is positive, 1 / sqrt 5."""
    file = write(tmp_path / 'vectors.npz', vectors=((4., 5), (1, 3), (1, 1)))
    settings = dict(type='LabelVectorEmbedding', file=str(file))
    graph = LabelGraphBuilder(labels=['holding a book', 'dining table', 'cup'], lam=0.0, preset='mlgcn',
                              embedding=settings, knowledge=dict(type='SimilarityGraph', embedding=settings)).build()
    assert graph.embedding.tolist() == [[4, 5], [1, 3], [1, 1]]
    np.testing.assert_allclose(graph.adjacency, [[0, 0, 0], [0, 0, 5**-.5], [0, 5**-.5, 0]], atol=1e-6)
    assert 'vectors.npz' in str(graph.meta['files'])


def test_a_label_that_the_file_lacks_is_named(tmp_path):
    with pytest.raises(LabelMismatchError, match='fork'):
        LabelVectorEmbedding(write(tmp_path / 'vectors.npz')).build(['cup', 'fork'])


def test_other_files_are_refused(tmp_path):
    np.savez(tmp_path / 'words.npz', words=np.array(['cup']), vectors=np.ones((1, 2)))
    with pytest.raises(ValueError, match=r"needs the arrays .*it has \['vectors', 'words'\]"):
        LabelVectorEmbedding(tmp_path / 'words.npz').build(['cup'])
    with pytest.raises(ValueError, match=r'\(V, F\) of floating point numbers, got .* and float64 \(3,\)'):
        LabelVectorEmbedding(write(tmp_path / 'a.npz', vectors=(1., 2, 3))).build(['cup'])
    with pytest.raises(ValueError, match='infinite or NaN'):
        LabelVectorEmbedding(write(tmp_path / 'b.npz', vectors=[[np.nan, 1]] * 3)).build(['cup'])
