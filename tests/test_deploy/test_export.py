import copy
import json
import subprocess
import sys

import pytest
import torch
import torch.nn as nn
from deploy_cases import build
from packaging.version import Version

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.export import Scorer, check_scores, thresholds_of
from kssnet_mm.deploy.export_onnx import export_onnx
from kssnet_mm.deploy.export_program import export_program

OLD = Version(torch.__version__) < Version('2.6')
new_only = pytest.mark.skipif(OLD, reason="torch's current exporter needs torch >= 2.6")
CLASSES = [f'label {i}' for i in range(7)]
ALONE = '''
import sys
for name in ('kssnet_mm', 'mmengine', 'mmcv', 'mmpretrain', 'mmaction'):
    sys.modules[name] = None  # importing it fails
import torch
found = dict.fromkeys(('classes', 'thresholds', 'preprocessing'), '')
program = torch.export.load(sys.argv[1], extra_files=found)
scores = [program.module()(x) for x in torch.load('x.pt', weights_only=True)]
torch.save((scores, found), 'scores.pt')
'''


def deployed(case):
    return switch_to_deploy(build(case).double()).float()


@new_only
@pytest.mark.parametrize('case', ['r18_four', 'inception'])
def test_programs_run_with_torch_alone_on_any_batch(case, tmp_path):
    model, shape = deployed(case), (3, 64, 64) if case == 'r18_four' else (3, 8, 32, 32)
    path = tmp_path / 'out' / 'model.pt2'
    said = export_program(model, str(path), shape, CLASSES, dict(kind='any'))
    assert 'of torch on inputs (1, 3, ' in said and '(5, 3, ' in said
    assert [p.name for p in path.parent.iterdir()] == ['model.pt2']
    sizes = [(1, *shape), (3, *shape), (7, *shape)]
    if len(shape) == 3:  # images of any size too
        sizes.append((2, 3, 96, 128))
    inputs = [torch.randn(size) for size in sizes]
    torch.save(inputs, tmp_path / 'x.pt')
    done = subprocess.run([sys.executable, '-c', ALONE, str(path)], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    scores, found = torch.load(tmp_path / 'scores.pt', weights_only=True)
    with torch.no_grad():
        for got, x in zip(scores, inputs):
            torch.testing.assert_close(got, logits(model, x).sigmoid(), rtol=0, atol=1e-4)
    found = {key: json.loads(value) for key, value in found.items()}
    assert found == dict(classes=CLASSES, thresholds=[0.5] * 7, preprocessing=dict(kind='any'))


@new_only
def test_onnx_of_inception_runs_on_any_batch(tmp_path):
    import onnxruntime
    model, shape = deployed('inception'), (3, 8, 32, 32)
    path = str(tmp_path / 'model.onnx')
    assert '(5, 3, ' in export_onnx(model, path, shape, CLASSES, dict(kind='any'))
    session = onnxruntime.InferenceSession(path)
    x = torch.randn(3, *shape)
    with torch.no_grad():
        torch.testing.assert_close(torch.from_numpy(session.run(None, {'input': x.numpy()})[0]),
                                   logits(model, x).sigmoid(), rtol=0, atol=1e-4)
    found = session.get_modelmeta().custom_metadata_map
    assert {key: json.loads(value) for key, value in found.items()} == dict(
        classes=CLASSES, thresholds=[0.5] * 7, preprocessing=dict(kind='any'))


@new_only
@pytest.mark.parametrize('export', [export_program, export_onnx])
def test_nothing_is_written_that_differs(export, tmp_path, monkeypatch):
    model = nn.Module()
    model.backbone = nn.Conv2d(3, 7, 3)
    model.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    model.head.thr = 0.5

    def wrong(self, input):  # the export takes the first call's form, the check meets another
        return self.network(input).sigmoid() + 1e-3 * (not torch.compiler.is_compiling())

    monkeypatch.setattr(Scorer, 'forward', wrong)
    with pytest.raises(RuntimeError, match=r'differs from torch by 0.001\d* on input \(1, 3, 16, 16\)'):
        export(model, str(tmp_path / 'x'), (3, 16, 16), CLASSES, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('dynamic_size, sizes', [
    (False, [(1, 3, 8, 8), (2, 3, 8, 8), (5, 3, 8, 8)]),
    (True, [(1, 3, 8, 8), (2, 3, 8, 8), (5, 3, 8, 8), (1, 3, 40, 72)])])
def test_the_check_covers_batches_and_sizes(dynamic_size, sizes):
    scorer, seen = (lambda x: x.mean((2, 3))), []

    def run(x, error=0.0):
        seen.append(tuple(x.shape))
        return scorer(x) + (error if x.shape[0] == 5 else 0)

    assert 'within 0 of' in check_scores('it', run, scorer, (3, 8, 8), dynamic_size)
    assert seen == sizes
    for error in (2e-4, float('nan')):
        with pytest.raises(RuntimeError, match=r'it differs from torch by .* on input \(5, 3, 8, 8\)'):
            check_scores('it', lambda x: run(x, error), scorer, (3, 8, 8), dynamic_size)


def test_thresholds_one_a_class():
    model = build('r50_narrow')
    assert thresholds_of(model, 7) == [0.5] * 7
    model.head.thr = torch.tensor([0.25, 0.5])
    assert thresholds_of(model, 2) == [0.25, 0.5]


@pytest.mark.skipif(not OLD, reason='this torch can export')
@pytest.mark.parametrize('export', [export_program, export_onnx])
def test_an_old_torch_is_named(export, tmp_path):
    with pytest.raises(RuntimeError, match='torch >= 2.6'):
        export(copy.deepcopy(deployed('r50_narrow')), str(tmp_path / 'x'), (3, 64, 64), CLASSES, {})
