"""The command on the sample data, whose features are kept, and on a file of features."""
import csv
import json

import numpy as np
from conftest import IMAGE, ROOT, VIDEO

TOOL = ROOT / 'tools/analysis_tools/compare_label_graphs.py'
FEW = ['--seeds', 1, '--etas', .3, '--decays', .1, '--resamples', 20, '--batch-size', 4, '--threads', 1]


def test_images_of_a_config_with_knowledge_and_more_label_rows(run_here, workspace):
    labels = classes_of(workspace)
    (workspace / 'more.csv').write_text(f'id,{",".join(labels)}\n' + '\n'.join(
        f'{i},1,1' + ',0' * (len(labels) - 2) for i in range(6)) + '\n')
    output = run_here(TOOL, IMAGE, *FEW, '--label-table', 'more.csv', '--out', 'found')
    with open(workspace / 'found/comparison.csv', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    assert [row['arm'] for row in rows] == ['plain', 'identity', 'cooccurrence', 'mlgcn', 'rows', 'vectors',
                                            'conceptnet', 'both', 'shuffled', 'refinement']
    assert all(0 < float(row['mAP']) <= 1 for row in rows)
    assert rows[0]['mAP'][:6] == rows[1]['mAP'][:6]
    text = (workspace / 'found/comparison.md').read_text(encoding='utf-8')
    assert '24 training samples, 11 test samples' in text and '6 label rows' in text and 'no ids' in text
    assert (workspace / 'found/comparison.png').stat().st_size > 5000
    assert 'classifier=dict(' in output and 'wrote found/comparison.md' in output

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
    assert 'error: mine.npz is no table' not in run_here(TOOL, '--features', 'none.npz', *FEW, fail=True)
    np.savez(workspace / 'mine.npz', features=np.eye(3))
    output = run_here(TOOL, '--features', 'mine.npz', *FEW, fail=True)
    assert output.strip().endswith('error: mine.npz is no table of features: it has no targets and no classes')


def test_rows_of_known_samples_are_left_out(tmp_path):
    from kssnet_mm.reports.graph_comparison.knowledge import label_rows
    targets = np.array([[1, 0], [0, 1], [1, 1]], np.uint8)
    np.savez(tmp_path / 'table.npz', classes=np.array(['a', 'b']), train=targets, train_ids=np.array([7, 8, 9]))
    rows, left_out = label_rows(str(tmp_path / 'table.npz'), 'train', ['b', 'a'], ['8', '3'])
    assert rows.tolist() == [[0, 1], [1, 1]] and left_out == 1
    assert label_rows(str(tmp_path / 'table.npz'), 'train', ['b', 'a'])[1] == -1
    (tmp_path / 'table.npz').rename(tmp_path / 'table.NPZ')
    assert label_rows(str(tmp_path / 'table.NPZ'), 'train', ['b', 'a'], ['8', '3'])[1] == 1
