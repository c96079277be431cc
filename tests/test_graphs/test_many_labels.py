"""Large tag sets: nothing of N x N is made dense on the way from a table to a graph and its picture."""
import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from kssnet_mm.graphs import CooccurrenceGraph, LabelGraph, LabelGraphBuilder, LabelTable
from kssnet_mm.graphs.cooccurrence import count_cooccurrence
from kssnet_mm.graphs.label_graph import SPARSE_FROM
from kssnet_mm.graphs.sources.targets import targets_from_array
from kssnet_mm.visualization import plot_label_graph

N, SAMPLES = 6000, 900
# A dense N x N of one byte an entry.
DENSE = N * N


def peak_of(call):
    """What a call gives, and the most bytes that Python and numpy held at once during it."""
    tracemalloc.start()
    try:
        return call(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(scope='module')
def table(tmp_path_factory):
    """Sample i holds the labels i, i + 1 and N - 1, in all three forms."""
    targets = np.zeros((SAMPLES, N), dtype=np.uint8)
    every = np.arange(SAMPLES)
    targets[every, every] = targets[every, every + 1] = 1
    targets[:, -1] = 7  # anything but 0 counts
    csr = sparse.csr_array(targets)
    path = tmp_path_factory.mktemp('tags') / 'tags.npz'
    np.savez(path, labels=[f'tag {i}' for i in range(N)], dense=targets, packed=np.packbits(targets > 0, axis=1),
             **{'csr.indices': csr.indices, 'csr.indptr': csr.indptr})
    return path


@pytest.mark.parametrize('key', ['dense', 'packed', 'csr'])
def test_statistics_of_a_table(table, key):
    source = dict(type='LabelTable', file=str(table), key=key)
    (labels, matrix, summary), peak = peak_of(CooccurrenceGraph(source, estimator='conditional').build)
    assert sparse.issparse(matrix) and peak < DENSE
    # labels 1 to 899 are in two samples, 0 and 900 in one, the last one in all 900
    assert [matrix[0, 1], matrix[1, 2], matrix[5, N - 1], matrix[2, 4]] == [1, .5, 1, 0]
    assert matrix[N - 1, 5] == np.float32(2 / 900) and matrix[N - 1, 900] == np.float32(1 / 900)
    # 900 neighbours and the link to the last label of each of 901, both ways
    assert matrix.nnz == 2 * (900 + 901)
    assert summary['samples'] == 900 and len(summary['labels_without_samples']) == N - 902
    assert labels[:2] == ['tag 0', 'tag 1']


@pytest.mark.parametrize('key', ['dense', 'packed', 'csr'])
def test_a_graph_of_a_table(table, key, tmp_path):
    builder = LabelGraphBuilder(file=str(tmp_path / 'graph.npz'), tau=0, control='shuffle', statistical=dict(
        type='CooccurrenceGraph', estimator='counts', source=dict(type='LabelTable', file=str(table), key=key)))
    graph, peak = peak_of(builder.load_or_build)
    assert sparse.issparse(graph.adjacency) and sparse.issparse(graph.statistical) and peak < DENSE
    assert graph.num_edges == 2 * (900 + 901) and len(graph.isolated_labels) == N - 902
    assert (builder.load_or_build().adjacency != graph.adjacency).nnz == 0


def test_a_source_that_hands_out_a_dense_table():
    targets = np.zeros((4, N), dtype=np.uint8)
    targets[:2, :2] = 1
    (pairs, numbers), peak = peak_of(lambda: count_cooccurrence(targets))
    assert sparse.issparse(pairs) and peak < DENSE and pairs.nnz == 2 and pairs[0, 1] == 2
    assert numbers[:3].tolist() == [2, 2, 0]


def test_counting_leaves_the_table_as_it_is():
    table = sparse.csr_array(np.array([[5, 0], [3, 2]], dtype=np.int64))
    count_cooccurrence(table)
    assert table.toarray().tolist() == [[5, 0], [3, 2]]


@pytest.mark.parametrize('n, rows', [(SPARSE_FROM - 1, 3), (SPARSE_FROM, 3), (70000, 2500), (3, 0), (SPARSE_FROM, 0)])
def test_tables_in_pieces_equal_the_whole(n, rows):
    held = sparse.random_array((rows, n), density=2e-4, rng=np.random.default_rng(0), format='csr')
    packed = np.zeros((rows, -(-n // 8)), dtype=np.uint8)
    place = held.tocoo()
    np.bitwise_or.at(packed, (place.row, place.col // 8), (128 >> (place.col % 8)).astype(np.uint8))
    found = targets_from_array(packed, n, packed=True)
    assert found.shape == (rows, n) and found.dtype == np.uint8
    assert abs(found - (held != 0).astype(np.uint8)).nnz == 0


def test_csr_arrays_that_are_none(tmp_path):
    labels = list('abc')
    for indices, indptr, match in (([0, 3], [0, 2], 'indices must be < 3'), ([-1], [0, 1], 'indices must be >= 0'),
                                   ([0], [0, 5], 'indptr|index pointer|size of indices')):
        np.savez(tmp_path / 't.npz', labels=labels, **{'targets.indices': indices, 'targets.indptr': indptr})
        with pytest.raises(ValueError, match=f't.npz is not a table of labels: .*({match})'):
            LabelTable(tmp_path / 't.npz').load()
    # a label twice in a sample is one
    np.savez(tmp_path / 't.npz', labels=labels, **{'targets.indices': [1, 1, 2], 'targets.indptr': [0, 3]})
    assert LabelTable(tmp_path / 't.npz').load()[1].toarray().tolist() == [[0, 1, 1]]


def test_a_picture_of_many_labels_shows_the_heaviest_edges(tmp_path):
    rows = np.arange(N - 1)
    weights = np.linspace(.1, 1, N - 1, dtype=np.float32)
    chain = sparse.csr_array((weights, (rows, rows + 1)), shape=(N, N))
    graph = LabelGraph([f'tag {i}' for i in range(N)], chain)
    note, peak = peak_of(lambda: plot_label_graph(graph, str(tmp_path / 'g.png')))
    assert note == '6000 labels, 5999 edges, 0 isolated; drawn: the 300 heaviest edges and their 301 labels'
    assert (tmp_path / 'g.png').stat().st_size > 10000
    assert peak < DENSE


def test_a_picture_of_few_labels_shows_them_all(tmp_path):
    graph = LabelGraph(['a$b$', 'b', 'c'], np.array([[0, .5, 0], [.25, 0, 0], [0, 0, 0]]))
    assert plot_label_graph(graph, str(tmp_path / 'g.png')) == '3 labels, 1 edges, 1 isolated'
