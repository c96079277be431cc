"""The graph's file, its matching by name, and what it refuses."""
import os

import numpy as np
import pytest
from scipy import sparse

from kssnet_mm.graphs import LabelGraph, LabelMismatchError
from kssnet_mm.utils.labels import canonical_label, match_labels

LABELS = ['dog', 'Traffic light', 'cup']
ADJACENCY = np.array([[1, .5, 0], [.25, 1, 0], [0, 0, 1]], dtype=np.float32)


def make(**changes):
    settings = dict(labels=LABELS, adjacency=ADJACENCY, statistical=2 * ADJACENCY,
                    knowledge=3 * ADJACENCY, embedding=np.arange(6.).reshape(3, 2),
                    meta=dict(builder=dict(lam=0.4)))
    return LabelGraph(**dict(settings, **changes))


def test_round_trip_keeps_everything_and_pickles_nothing(tmp_path):
    path = tmp_path / 'deep' / 'graph.npz'
    make().save(path)
    with np.load(path, allow_pickle=False) as file:
        assert set(file.files) == {
            'labels', 'statistical', 'knowledge', 'adjacency', 'embedding', 'meta'
        }
        assert all(file[name].dtype != object for name in file.files)
    read = LabelGraph.load(path)
    assert read.labels == LABELS and read.meta == dict(builder=dict(lam=0.4))
    for name in ('statistical', 'knowledge', 'adjacency', 'embedding'):
        assert np.array_equal(getattr(read, name), getattr(make(), name))
        assert getattr(read, name).dtype == np.float32
    assert os.listdir(path.parent) == ['graph.npz']


def test_sparse_round_trip(tmp_path):
    path = tmp_path / 'graph.npz'
    make(adjacency=sparse.csr_array(ADJACENCY), statistical=None, embedding=None).save(path)
    read = LabelGraph.load(path)
    assert sparse.issparse(read.adjacency) and read.statistical is None and read.embedding is None
    assert np.array_equal(read.dense(), ADJACENCY) and read.dense('statistical') is None
    assert read.num_edges == 2 and read.isolated_labels == ['cup']


def test_a_failed_save_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / 'graph.npz'
    make().save(path)
    before = path.read_bytes()

    def broken(file, **arrays):
        file.write(b'half')
        raise OSError('disk full')

    monkeypatch.setattr(np, 'savez_compressed', broken)
    with pytest.raises(OSError, match='disk full'):
        make(labels=['x', 'y', 'z']).save(path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ['graph.npz']


def test_reorder_moves_rows_columns_and_embeddings_by_name():
    moved = make().reorder(['cup', 'DOG', 'traffic_light'])
    assert moved.labels == ['cup', 'DOG', 'traffic_light']
    assert np.array_equal(moved.adjacency, [[1, 0, 0], [0, 1, .5], [0, .25, 1]])
    assert np.array_equal(moved.knowledge, 3 * moved.adjacency)
    assert np.array_equal(moved.embedding, [[4, 5], [0, 1], [2, 3]])
    stored = make(adjacency=sparse.csr_array(ADJACENCY)).reorder(['cup', 'DOG', 'traffic_light'])
    assert np.array_equal(stored.dense(), moved.adjacency)


def test_mismatch_names_both_sides(tmp_path):
    make().save(tmp_path / 'graph.npz')
    with pytest.raises(LabelMismatchError) as error:
        LabelGraph.load(tmp_path / 'graph.npz', labels=['dog', 'cup', 'fork', 'knife'])
    assert "lacks 2: 'fork', 'knife'" in str(error.value)
    assert "1 that were not asked for: 'Traffic light'" in str(error.value)


def test_match_labels_may_take_a_subset():
    assert match_labels(['c', 'a'], ['a', 'b', 'c'], subset=True).tolist() == [2, 0]
    with pytest.raises(LabelMismatchError, match='and 5 more'):
        match_labels([f'x{i}' for i in range(15)], ['a'], subset=True)


def test_names_are_compared_without_case_and_underscores():
    assert canonical_label('  Traffic__Light ') == canonical_label('traffic light')
    with pytest.raises(LabelMismatchError, match="'DOG' at position 1 repeats 'dog' at position 0"):
        make(labels=['dog', 'DOG', 'cup'])


@pytest.mark.parametrize('changes, match', [
    (dict(adjacency=np.eye(2)), r'adjacency has shape \(2, 2\)'),
    (dict(adjacency=-np.eye(3)), 'adjacency has negative'),
    (dict(knowledge=np.full((3, 3), np.nan)), 'knowledge has negative, infinite or NaN'),
    (dict(embedding=np.ones((2, 4))), r'embedding has shape \(2, 4\)'),
    (dict(embedding=np.full((3, 1), np.inf)), 'embedding has infinite'),
    (dict(adjacency=None), 'needs an adjacency'),
])
def test_bad_content_is_named(changes, match):
    with pytest.raises(ValueError, match=match):
        make(**changes)


def test_load_refuses_what_is_no_graph(tmp_path):
    whole = tmp_path / 'whole.npz'
    make().save(whole)
    np.savez(tmp_path / 'other.npz', weights=np.ones(3))
    np.savez(tmp_path / 'pickled.npz', labels=np.array([dict()], dtype=object), meta='{}')
    with np.load(whole) as file:
        np.savez(tmp_path / 'lacking.npz', **{name: file[name] for name in file.files if name != 'adjacency'})
    for name, content in (('text', b'labels'), ('cut', whole.read_bytes()[:300]), ('empty', b'')):
        (tmp_path / f'{name}.npz').write_bytes(content)
    for name in ('text', 'other', 'pickled', 'cut', 'empty', 'lacking'):
        with pytest.raises(ValueError, match=f'{name}.npz.* is not a label graph'):
            LabelGraph.load(tmp_path / f'{name}.npz')
    with pytest.raises(FileNotFoundError):
        LabelGraph.load(tmp_path / 'absent.npz')


def test_save_asks_for_npz(tmp_path):
    with pytest.raises(ValueError, match='is an .npz file'):
        make().save(tmp_path / 'graph.pkl')


def test_twenty_thousand_labels_stay_sparse(tmp_path):
    n = 20000
    ring = sparse.csr_array((np.ones(n), (np.arange(n), (np.arange(n) + 1) % n)), shape=(n, n))
    graph = LabelGraph([f'tag {i}' for i in range(n)], ring, ring)
    graph.save(tmp_path / 'tags.npz')
    assert os.path.getsize(tmp_path / 'tags.npz') < 2e6
    read = LabelGraph.load(tmp_path / 'tags.npz', labels=graph.labels[::-1])
    assert sparse.issparse(read.adjacency) and read.num_edges == n and read.isolated_labels == []
    assert read.adjacency[n - 1, n - 2] == 1


def test_label_counts_travel_with_their_labels(tmp_path):
    """By hand: (3 + .5) / (4 + 1) = .7, (0 + .5) / (9 + 1) = .05."""
    counted = LabelGraph(['a', 'b'], np.eye(2), label_counts=[[3, 4], [0, 9]])
    counted.save(tmp_path / 'graph.npz')
    loaded = LabelGraph.load(tmp_path / 'graph.npz', labels=['B', 'a'])
    assert loaded.label_counts.tolist() == [[0, 9], [3, 4]]
    np.testing.assert_allclose(loaded.frequencies, [.05, .7])
    with pytest.raises(ValueError, match='does not say how often each label occurs'):
        LabelGraph(['a'], np.eye(1)).frequencies
    for wrong in ([[3, 4]], [[3, 4], [2, 1]], [[3, 4], [-1, 1]]):
        with pytest.raises(ValueError, match='label_counts needs a row'):
            LabelGraph(['a', 'b'], np.eye(2), label_counts=wrong)
