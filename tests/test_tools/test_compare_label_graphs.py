"""The command on the sample data, whose features are kept, and on a file of features."""
import csv
import json

import numpy as np
import pytest
from conftest import IMAGE, ROOT, VIDEO

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.reports.graph_comparison import FeatureTable
from kssnet_mm.reports.graph_comparison.knowledge import graph_in, knowledge_configs, priors
from kssnet_mm.reports.graph_comparison.label_rows import label_rows
from kssnet_mm.reports.graph_comparison.sample_names import KnownSamples

TOOL = ROOT / 'tools/analysis_tools/compare_label_graphs.py'
FEW = ['--seeds', 1, '--etas', .3, '--decays', .1, '--resamples', 20, '--batch-size', 4, '--threads', 1]


def test_images_of_a_config_with_knowledge_and_more_label_rows(run_here, workspace):
    labels = classes_of(workspace)
    (workspace / 'more.csv').write_text(f'id,{",".join(labels)}\n' + '\n'.join(
        f'more{i},1,1' + ',0' * (len(labels) - 2) for i in range(6)) + '\n')
    output = run_here(TOOL, IMAGE, *FEW, '--label-table', 'more.csv', '--out', 'found')
    with open(workspace / 'found/comparison.csv', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    assert [row['arm'] for row in rows] == ['plain', 'identity', 'cooccurrence', 'mlgcn', 'rows', 'vectors',
                                            'conceptnet', 'both', 'shuffled', 'refinement']
    assert all(0 < float(row['mAP']) <= 1 for row in rows)
    assert rows[0]['mAP'][:6] == rows[1]['mAP'][:6]
    text = (workspace / 'found/comparison.md').read_text(encoding='utf-8')
    assert '24 training samples, 11 test samples' in text and '6 label rows' in text and 'WARNING: no row' in text
    assert (workspace / 'found/comparison.png').stat().st_size > 5000
    assert 'classifier=dict(' in output and 'wrote found/comparison.md' in output
    assert "backbone=dict(_delete_=True, type='ResNet'" in output.replace('mmpretrain.', '')

    # a second run reads the features from disk: a piece that is gone is the only one that is made again
    pieces = sorted((workspace / 'work_dirs/features').rglob('*.npz'))
    assert [path.name for path in pieces] == ['0000000.npz'] * 2
    before = [path.stat().st_mtime_ns for path in pieces]
    pieces[1].unlink()
    run_here(TOOL, IMAGE, *FEW, '--arms', 'cooccurrence', '--out', 'again')
    assert pieces[0].stat().st_mtime_ns == before[0] and pieces[1].exists()


def classes_of(workspace):
    content = json.loads((workspace / 'data/sample/coco/annotations/instances_train2014.json').read_text())
    return [category['name'] for category in sorted(content['categories'], key=lambda one: one['id'])]


def test_videos_of_a_config(run_here):
    output = run_here(TOOL, VIDEO, *FEW, '--arms', 'cooccurrence')
    assert 'The backbone has random weights' in ' '.join(output.split())
    assert 'ConceptNet' not in output and 'wrote work_dirs/label_graphs/kssnet_i3d-r18_sample-charades' in output


def test_a_file_of_features(run_here, workspace):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(90, 6)).astype(np.float32), (rng.random((90, 5)) < .4).astype(np.uint8)
    np.savez(workspace / 'mine.npz', features=x, targets=y, classes=np.array(list('abcde')))
    output = run_here(TOOL, '--features', 'mine.npz', *FEW, '--samples', 40, '--test', 30)
    assert 'wrote work_dirs/label_graphs/mine/comparison.md' in output
    text = (workspace / 'work_dirs/label_graphs/mine/comparison.md').read_text(encoding='utf-8')
    assert '40 training samples, 30 test samples, 5 labels, 20 label rows' in text


def test_errors_are_one_line(run_here, workspace):
    output = run_here(TOOL, '--features', 'none.npz', *FEW, fail=True)
    assert 'error: ' in output.splitlines()[-1] and 'none.npz' in output and 'Traceback' not in output
    np.savez(workspace / 'mine.npz', features=np.eye(3))
    output = run_here(TOOL, '--features', 'mine.npz', *FEW, fail=True)
    assert output.strip().endswith('error: mine.npz is no table of features: it has no targets and no classes')


def test_rows_of_known_samples_are_left_out(tmp_path):
    targets = np.array([[1, 0], [0, 1], [1, 1]], np.uint8)
    np.savez(tmp_path / 'table.npz', classes=np.array(['a', 'b']), train=targets, train_ids=np.array([7, 8, 9]))
    rows, left_out, _ = label_rows(str(tmp_path / 'table.npz'), 'train', ['b', 'a'], ['8', '3'])
    assert rows.tolist() == [[0, 1], [1, 1]] and left_out == 1
    assert label_rows(str(tmp_path / 'table.npz'), 'train', ['b', 'a']).left_out == -1
    assert 'no row of the label table' not in label_rows(str(tmp_path / 'table.npz'), 'train', ['b', 'a'], ['8']).note
    (tmp_path / 'table.npz').rename(tmp_path / 'table.NPZ')
    assert label_rows(str(tmp_path / 'table.NPZ'), 'train', ['b', 'a'], ['8', '3'])[1] == 1


@pytest.mark.parametrize('name, content', [
    ('t.csv', 'id,a,b\n{0},1,0\n{1},0,1\n{2},1,1\n'), ('t.csv', 'file,labels\n{0},a\n{1},b\n{2},a;b\n'),
    ('t.json', '{{"{0}": ["a"], "{1}": ["b"], "{2}": ["a", "b"]}}'),
    ('t.json', '{{"labels": ["a", "b"], "targets": {{"{0}": [1, 0], "{1}": [0, 1], "{2}": [1, 1]}}}}')])
@pytest.mark.parametrize('spelled, left_out', [
    (('1', '2', '3'), 1), (('1.jpg', '2.JPG', '3.png'), 1), (('c/1.jpg', 'dogs/2.jpg', 'cats/2.jpg'), 1),
    (('x1', 'x2', 'x3'), 0)])
def test_rows_of_known_samples_are_found_in_every_table(tmp_path, name, content, spelled, left_out):
    """The sample is known as data/dogs/2.jpg; the row of b, or of none, is its."""
    (tmp_path / name).write_text(content.format(*spelled))
    rows = label_rows(str(tmp_path / name), 'targets', ['a', 'b'], ['data/dogs/2.jpg'])
    assert rows.left_out == left_out and rows.targets.tolist() == [[1, 0], [0, 1], [1, 1]][::1 + left_out]
    assert rows.note.startswith('1 rows' if left_out else "WARNING: no row of the label table ('x1', 'x2', 'x3') is")


def test_tables_without_names_are_said(tmp_path):
    (tmp_path / 't.json').write_text('[["a"], ["b"]]')
    note = label_rows(str(tmp_path / 't.json'), 'targets', ['a', 'b'], ['1']).note
    assert note.startswith('The label table has no ids')
    (tmp_path / 't.json').write_text('{"1": ["a"], "2": ["b"]}')
    assert label_rows(str(tmp_path / 't.json'), 'targets', ['a', 'b']).note.startswith('The samples have no ids')


def test_what_follows_a_point_is_an_ending_only_as_a_file_has_it():
    known = KnownSamples(['v1.5', 'clip.MP4', 'a/1'])
    assert [name in known for name in ('v1.5', 'v1.6', 'v1', 'clip', 'x/clip.webm', 'b/1', 'a\\1.jpg', '')] == [
        True, False, False, True, True, False, True, False]


def test_paths_name_samples_and_ids_that_are_no_file_names():
    table = FeatureTable(np.zeros((3, 1), np.float32), np.zeros((3, 1), np.int8), ['a'], ['1', '318219', 'd/2.jpg'],
                         ['x/1.jpg', 'x/COCO_318219.jpg', 'd/2.jpg'])
    assert table.names() == ['x/1.jpg', 'x/COCO_318219.jpg', 'd/2.jpg', '318219']


def test_a_graph_named_by_its_file_is_read_before_the_features(run_here, workspace):
    """At the GCN of the backbone, and at the classifier on a plain one."""
    graph = ['--cfg-options', 'model.backbone.gcn.graph=graph.npz']
    output = run_here(TOOL, IMAGE, *FEW, *graph, fail=True)
    assert 'graph.npz' in output and 'AttributeError' not in output
    assert not (workspace / 'work_dirs/features').exists()
    labels = classes_of(workspace)
    known = np.zeros((len(labels), len(labels)), np.float32)
    known[0, 1] = known[1, 0] = 1
    LabelGraph(labels[::-1], known[::-1, ::-1], None, known[::-1, ::-1]).save(workspace / 'graph.npz')
    output = run_here(TOOL, IMAGE, *FEW, *graph, '--arms', 'conceptnet', '--out', 'found')
    assert '| conceptnet: the config' in (workspace / 'found/comparison.md').read_text(encoding='utf-8')


@pytest.mark.parametrize('where', ['backbone', 'classifier', 'file'])
def test_a_graph_is_found_wherever_a_config_has_it(tmp_path, where):
    known = np.array([[0, 2, 0], [2, 0, 1], [0, 1, 0]], np.float32)
    LabelGraph(['a', 'b', 'c'], known, None, known).save(tmp_path / 'graph.npz')
    path = str(tmp_path / 'graph.npz')
    model = dict(backbone=dict(gcn=dict(graph=path)), head={}) if where == 'backbone' else dict(
        backbone={}, head=dict(classifier=dict(graph=path if where == 'classifier' else dict(
            type='LabelGraphBuilder', file=path))))
    found = priors(graph_in(model), ['c', 'b'])
    assert list(found) == ['conceptnet'] and found['conceptnet'].tolist() == [[0, 1], [1, 0]]


def test_similarity_is_an_arm_of_vectors_alone():
    vectors = dict(type='LabelVectorEmbedding', file='x')
    similar = dict(type='kssnet_mm.graphs.SimilarityGraph', embedding=vectors)
    net = dict(type='ConceptNetGraph', file='y')
    assert knowledge_configs(dict(knowledge=similar)) == dict(vectors=similar)
    assert knowledge_configs(dict(knowledge=similar, embedding=dict(type='RandomEmbedding'))) == dict(vectors=similar)
    assert knowledge_configs(dict(knowledge=net, embedding=vectors)) == dict(
        conceptnet=net, vectors=dict(type='SimilarityGraph', embedding=vectors))
    assert knowledge_configs(None) == {} == priors(None, ['a'])
