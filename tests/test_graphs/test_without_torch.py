"""Programs that only build or show label graphs leave torch out."""
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from shared_data import ROOT

from kssnet_mm.graphs import LabelGraph

sys.path.insert(0, str(ROOT / 'tools/benchmarks'))
from assertions_file import words, write_assertions  # noqa: E402

LABELS = words('en', range(40))
# Runs a tool as a program and prints its peak in MiB. The kernel counts that for this program alone, whereas
# getrusage begins with what the process that started it had.
AS_PROGRAM = '''
import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')
assert 'torch' not in sys.modules, 'torch was imported'
with open('/proc/self/status') as file:
    peak, = [line.split()[1] for line in file if line.startswith('VmHWM')]
print('peak', int(peak) / 1024)
'''


def python(code, *arguments, cwd, **environment):
    """What ``python -c CODE ARGUMENTS`` prints; fails with its traceback."""
    done = subprocess.run([sys.executable, '-c', code, *map(str, arguments)], cwd=cwd, text=True, capture_output=True,
                          env=dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS='1', **environment), timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def peak(output):
    return float(output.rpartition('peak ')[2])


@pytest.fixture()
def config(tmp_path):
    """A config with all three parts, their files, and our configs' custom_imports."""
    write_assertions(tmp_path / 'assertions.csv.gz', 20000)
    rng = np.random.default_rng(0)
    rows = [f'{i},{";".join(LABELS[k] for k in rng.choice(40, 3, replace=False))}' for i in range(60)]
    (tmp_path / 'table.csv').write_text('id,labels\n' + '\n'.join(rows) + '\n')
    vocabulary = dict.fromkeys(words('en', range(2000)) + [part for label in LABELS for part in label.split('_')])
    values = ' '.join(['0.125'] * 300)
    (tmp_path / 'vectors.txt').write_text(''.join(f'{word} {values}\n' for word in vocabulary))
    path = tmp_path / 'config.py'
    path.write_text('''
custom_imports = dict(imports=['kssnet_mm'], allow_failed_imports=False)
default_scope = 'mmpretrain'
model = dict(backbone=dict(gcn=dict(graph=dict(
    type='LabelGraphBuilder',
    statistical=dict(type='CooccurrenceGraph', source=dict(type='LabelTable', file='table.csv'), estimator='conditional'),
    knowledge=dict(type='ConceptNetGraph', file='assertions.csv.gz', progress=False),
    embedding=dict(type='WordVectorEmbedding', file='vectors.txt'),
    file='graph.npz'))))
''')
    return path


@pytest.mark.skipif(not os.path.exists('/proc/self/status'), reason='the kernel does not tell the peak memory')
def test_the_build_tool_and_its_picture(config):
    output = python(AS_PROGRAM, ROOT / 'tools/build_label_graph.py', config, '--plot', 'graph.png', cwd=config.parent)
    graph = LabelGraph.load(config.parent / 'graph.npz')
    assert sorted(graph.labels) == sorted(LABELS) and graph.embedding.shape == (40, 300)
    assert graph.meta['knowledge']['lines'] == 20000 and graph.knowledge.max() > 0 and graph.statistical.max() > 0
    assert (config.parent / 'graph.png').stat().st_size > 10000
    assert peak(output) < 300


@pytest.mark.skipif(not os.path.exists('/proc/self/status'), reason='the kernel does not tell the peak memory')
def test_the_browse_tool_and_the_converter(tmp_path):
    counts = dict(adj=np.array([[0, 2], [2, 0]]), nums=np.array([2, 3]))
    (tmp_path / 'counts.pkl').write_bytes(pickle.dumps(counts, 2))
    (tmp_path / 'classes.txt').write_text('cat\ndog\n')
    converter = ROOT / 'tools/dataset_converters/released_graph_to_npz.py'
    outputs = [python(AS_PROGRAM, converter, 'counts.pkl', 'g.npz', '--labels', 'classes.txt', cwd=tmp_path),
               python(AS_PROGRAM, ROOT / 'tools/visualization/browse_label_graph.py', 'g.npz', cwd=tmp_path)]
    assert (tmp_path / 'g_report/g.html').is_file()
    assert all(peak(output) < 300 for output in outputs)


def test_a_data_set_of_another_package_brings_torch(tmp_path):
    (tmp_path / 'list.json').write_text('{"metainfo": {"classes": ["cat", "dog"]}, "data_list": '
                                        '[{"img_path": "x.jpg", "gt_label": [1]}]}')
    output = python('''
import sys
from kssnet_mm.graphs import DatasetLabels
from kssnet_mm.registry import MODELS
assert 'torch' not in sys.modules
dataset = dict(type='MultiLabelDataset', ann_file='list.json', pipeline=[])
print(DatasetLabels(dataset=dataset, scope='mmpretrain').load()[1].toarray().tolist())
from mmengine.logging import HistoryBuffer
import torch
torch.save(dict(buffer=HistoryBuffer([1., 3.], [1, 1])), 'a.pth')
print(torch.load('a.pth')['buffer'].mean(), MODELS.get('LabelGCN').__name__)
from mmengine.dist import get_rank
from mmaction.models import ResNet3d
''', cwd=tmp_path)
    assert output.splitlines()[-2:] == ['[[0, 1]]', '2.0 LabelGCN']
