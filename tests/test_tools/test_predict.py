"""tools/predict.py and tools/visualization/explain.py, which are thin shells."""
import csv
import json
import os
import shutil
import subprocess
import sys

import pytest
from conftest import ENVIRONMENT, ROOT
from PIL import Image
from tiny_models import CLASSES, make, picture

from kssnet_mm.apis.drawing import picture_names

PREDICT, EXPLAIN = ROOT / 'tools/predict.py', ROOT / 'tools/visualization/explain.py'


@pytest.fixture()
def workspace(tmp_path):
    """A trained model of images, its config and two pictures."""
    cfg, _ = make(tmp_path)
    cfg.dump(tmp_path / 'config.py')
    for number in range(2):
        Image.fromarray(picture(number)).save(tmp_path / f'{number}.png')
    return tmp_path


def test_pictures_of_one_name_do_not_overwrite_each_other():
    inputs = ['a/x.avi', 'a/x.mp4', 'b/x.mp4', 'b/y.mp4', 'b/x.mp4_0', '#0', 'c/y/']
    assert picture_names(inputs) == ['x.avi.png', 'x.mp4_0.png', 'x.mp4_1.png', 'y.mp4.png', 'x.mp4_0_.png', '#0.png',
                                     'y.png']


def test_the_standalone_script_answers_help_without_what_it_does_not_need():
    script = ("import runpy, sys\ntry:\n    runpy.run_path(sys.argv[1], run_name='__main__')\n"
              "except SystemExit as stop:\n    assert not stop.code\nassert not {'torch', 'kssnet_mm', 'onnxruntime'} & set(sys.modules)")
    done = subprocess.run([sys.executable, '-c', script, ROOT / 'tools/deployment/predict_onnx.py', '--help'],
                          env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0 and 'usage' in done.stdout, done.stderr[-1000:]


def test_predict(run_here, workspace):
    (workspace / 'broken.png').write_bytes(b'nothing')
    output = run_here(PREDICT, 'config.py', 'model.pth', '.', 'nowhere.png', '--thr', '0', '--show-dir', 'drawn',
                      '--pred-out-file', 'p.csv', '--batch-size', '2', '--device', 'cpu', fail=True)
    for line in ('./0.png: ', './1.png: ', './broken.png: cannot be read as image', 'nowhere.png: no such file',
                 '2 of 4 inputs failed'):
        assert line in output
    assert {path.name for path in (workspace / 'drawn').iterdir()} == {'0.png', '1.png'}
    rows = list(csv.DictReader(open(workspace / 'p.csv', encoding='utf-8')))
    assert len(rows) == 8 and {row['label'] for row in rows} == set(CLASSES)
    output = run_here(PREDICT, 'config.py', 'model.pth', '0.png', '--topk', '1', '--device', 'cpu', '--cfg-options',
                      'model.head.thr=1.0')
    label, score = max(((row['label'], float(row['score'])) for row in rows if row['id'] == './0.png'),
                       key=lambda row: row[1])
    assert f'0.png: {label} {score:.3f}\n' in output


def test_a_file_whose_name_is_no_text(workspace):
    """One such file does not take the others' predictions away."""
    name = os.fsencode(workspace) + b'/names/caf\xe9.png'
    (workspace / 'names').mkdir()
    shutil.copy(workspace / '0.png', name)
    done = subprocess.run([sys.executable, PREDICT, 'config.py', 'model.pth', 'names', '--thr', '0', '--device', 'cpu',
                           '--pred-out-file', 'names.jsonl'], cwd=workspace, env=ENVIRONMENT, capture_output=True)
    assert done.returncode == 0 and b'names/caf\\udce9.png: ' in done.stdout, done.stderr[-1000:]
    assert json.loads((workspace / 'names.jsonl').read_text())['id'] == 'names/caf\udce9.png'


@pytest.mark.parametrize('arguments, message', [
    (['config.py', 'model.pth'], 'at least one input'), (['config.py', 'none.pth', '0.png'], 'error: none.pth'),
    (['none.py', 'model.pth', '0.png'], 'error: none.py: there is no such config'),
    (['x.onnx', '0.png'], 'error: x.onnx: no such file'),
    (['config.py', 'model.pth', '0.png', '--thr', '2'], 'error: a threshold is a probability'),
])
def test_predict_says_what_is_wrong(run_here, workspace, arguments, message):
    output = run_here(PREDICT, *arguments, fail=True)
    assert message in output and 'Traceback' not in output


def test_explain(run_here, workspace):
    output = run_here(EXPLAIN, 'config.py', 'model.pth', '0.png', '--labels', 'sports ball', '--out-dir', 'why',
                      '--eta', '0.9', '--drop-edge', 'dog:tennis racket', '--device', 'cpu')
    assert 'sports ball 0.' in output and 'from tennis racket (both)' in output and 'wrote 7 pictures' in output
    found = json.loads((workspace / 'why/explanation.json').read_text())
    assert found['what_if']['changes'] == dict(eta=0.9) and 'what_if.png' in found['pictures']
    for arguments, message in ((['--labels', 'cat'], 'cat'), (['--drop-edge', 'dog'], 'expected LABEL:LABEL')):
        output = run_here(EXPLAIN, 'config.py', 'model.pth', '0.png', '--device', 'cpu', *arguments, fail=True)
        assert message in output and 'Traceback' not in output
