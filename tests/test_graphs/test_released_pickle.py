"""Label graphs from released pickles."""
import pickle
import re
import runpy
import sys

import numpy as np
import pytest
from shared_data import ROOT, shared

from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.graphs import LabelGraph, LabelMismatchError, import_released

NAMES = sorted(COCO_CLASSES)


def test_import_of_the_mlgcn_files(tmp_path):
    graph = import_released(shared('mlgcn/coco_adj.pkl'), NAMES,
                            shared('mlgcn/coco_glove_word2vec.pkl'), preset='mlgcn')
    assert np.array_equal(graph.adjacency, graph.statistical) and graph.num_edges == 111
    assert graph.embedding.shape == (80, 300) and 'builder' not in graph.meta
    assert [entry['file'] for entry in graph.meta['files']] == ['coco_adj.pkl',
                                                                'coco_glove_word2vec.pkl']
    graph.save(tmp_path / 'graph.npz')
    by_id = LabelGraph.load(tmp_path / 'graph.npz', labels=COCO_CLASSES)
    person, bat = NAMES.index('person'), NAMES.index('baseball bat')
    assert graph.adjacency[bat, person] > 0
    assert by_id.adjacency[34, 0] == graph.adjacency[bat, person]
    assert np.array_equal(by_id.embedding[34], graph.embedding[bat])
    with pytest.raises(LabelMismatchError, match="'sofa'"):
        LabelGraph.load(tmp_path / 'graph.npz', labels=COCO_CLASSES[:-1] + ('sofa', ))


def test_import_of_a_superimposed_matrix(tmp_path):
    matrix = np.array([[0., 0.5, 0.02], [0.5, 0., 0.03], [0.02, 0.03, 0.]])
    (tmp_path / 'adj.pkl').write_bytes(pickle.dumps(matrix, 2))
    graph = import_released(tmp_path / 'adj.pkl', ['a', 'b', 'c'], preset='released_charades')
    np.testing.assert_allclose(graph.adjacency, [[.6, .2, 0], [.2, .6, .012], [0, .012, .6]], rtol=1e-6)
    assert graph.statistical is None and graph.meta['imported'] == dict(kind='superimposed',
                                                                        preset='released_charades')


def test_import_refuses_other_numbers_of_labels(tmp_path):
    with pytest.raises(ValueError, match='79 labels need'):
        import_released(shared('mlgcn/coco_adj.pkl'), NAMES[:-1])
    with pytest.raises(ValueError, match="got 'pmi'"):
        import_released(shared('mlgcn/coco_adj.pkl'), NAMES, estimator='pmi')
    (tmp_path / 'counts.pkl').write_bytes(pickle.dumps(dict(adj=np.eye(2)), 2))
    with pytest.raises(ValueError, match="no 'nums' of 2 labels"):
        import_released(tmp_path / 'counts.pkl', ['a', 'b'])


def test_the_converter(tmp_path, monkeypatch):
    out = str(tmp_path / 'coco.npz')
    tool = str(ROOT / 'tools/dataset_converters/released_graph_to_npz.py')
    monkeypatch.setattr(sys, 'argv', [tool, str(shared('mlgcn/coco_adj.pkl')), out, '--labels', 'coco'])
    runpy.run_path(tool, run_name='__main__')
    assert LabelGraph.load(out).labels == NAMES


@pytest.mark.parametrize('changes, message', [
    (dict(graph='gone.pkl'), 'gone.pkl'), (dict(labels='gone.txt'), "--labels is 'coco', 'voc' or the path of a class "
                                           "list: .*gone.txt"),
    (dict(labels='empty.txt'), "or the path of a class list: empty.txt: no label"),
    (dict(labels='one.txt'), 'counts.pkl holds .2, 2.; 1 labels need'), (dict(graph='one.txt'), 'one.txt is refused'),
    (dict(embedding='gone.pkl'), 'gone.pkl'), (dict(out='graph.txt'), "is an .npz file, got 'graph.txt'"),
    (dict(out='one.txt/graph.npz'), 'one.txt')])
def test_the_converter_says_in_one_line_what_is_wrong(tmp_path, monkeypatch, capsys, changes, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'counts.pkl').write_bytes(pickle.dumps(dict(adj=np.ones((2, 2)), nums=np.ones(2)), 2))
    for name, text in (('two.txt', 'a\nb\n'), ('one.txt', 'a\n'), ('empty.txt', '\n')):
        (tmp_path / name).write_text(text)
    given = dict(dict(graph='counts.pkl', out='graph.npz', labels='two.txt', embedding=None), **changes)
    tool = str(ROOT / 'tools/dataset_converters/released_graph_to_npz.py')
    more = ['--embedding', given['embedding']] if given['embedding'] else []
    monkeypatch.setattr(sys, 'argv', [tool, given['graph'], given['out'], '--labels', given['labels'], *more])
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(tool, run_name='__main__')
    said = capsys.readouterr().err.strip().splitlines()
    assert stop.value.code == 2 and re.search(f'error: .*{message}', said[-1])
    assert not (tmp_path / 'graph.npz').exists()
