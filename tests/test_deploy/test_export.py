import json
import subprocess
import sys

import pytest
import torch
import torch.nn as nn
from deploy_cases import build
from packaging.version import Version

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.switch import head_of
from kssnet_mm.deploy.export import WRITERS, Scorer, check_scores, export_model

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


class Last(nn.Linear):
    """A head that takes the last output of a backbone."""

    def forward(self, outputs):
        return super().forward(outputs[-1])


def deployed(case):
    return switch_to_deploy(build(case).double()).float()


@new_only
@pytest.mark.parametrize('case', ['r18_four', 'inception'])
def test_programs_run_with_torch_alone_on_any_batch(case, tmp_path):
    model, shape = deployed(case), (3, 64, 64) if case == 'r18_four' else (3, 8, 32, 32)
    path = tmp_path / 'out' / 'model.pt2'
    head_of(model).thr = torch.linspace(0.125, 0.875, 7)  # one a class
    said = export_model(model, str(path), shape, CLASSES, dict(kind='any'))
    sizes = [(1, *shape), (2, *shape), (5, *shape), *([(1, 3, 96, 128)] if case == 'r18_four' else [])]
    assert said.endswith('of torch on inputs ' + ', '.join(map(str, sizes)))
    assert [p.name for p in path.parent.iterdir()] == ['model.pt2']
    # onnxruntime is asked when that is written
    assert export_model(model, str(tmp_path / 'model.onnx'), shape, CLASSES, {}).endswith(', '.join(map(str, sizes)))
    sizes = [(1, *shape), (3, *shape), (7, *shape)]
    if len(shape) == 3:  # images of any size too
        sizes.append((2, 3, 96, 128))
    inputs = [torch.randn(size) for size in sizes]
    torch.save(inputs, tmp_path / 'x.pt')
    done = subprocess.run([sys.executable, '-c', ALONE, str(path)], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    scores, found = torch.load(tmp_path / 'scores.pt', weights_only=True)
    with torch.no_grad():
        for got, x in zip(scores, inputs):
            torch.testing.assert_close(got, logits(model, x).sigmoid(), rtol=0, atol=1e-4)
    found = {key: json.loads(value) for key, value in found.items()}
    assert found == dict(classes=CLASSES, thresholds=head_of(model).thr.tolist(), preprocessing=dict(kind='any'))


@new_only
@pytest.mark.parametrize('ending', WRITERS)
def test_networks_of_one_size_are_exported_for_that_size(ending, tmp_path):
    from mmpretrain.models import VisionTransformer
    model = nn.Module()
    model.backbone = VisionTransformer(dict(embed_dims=16, num_layers=1, num_heads=2, feedforward_channels=16),
                                       img_size=32, patch_size=16)
    model.head = Last(16, 7)
    model.head.thr = 0.5
    path = tmp_path / f'x{ending}'
    said = export_model(model.eval(), str(path), (3, 32, 32), CLASSES, {})
    assert said.endswith('of torch on inputs (1, 3, 32, 32), (2, 3, 32, 32), (5, 3, 32, 32). Height and width are fixed '
                         'at 32 and 32, because the network or its exported form takes no other size.')
    assert path.is_file()


@new_only
@pytest.mark.parametrize('ending', WRITERS)
def test_nothing_is_written_that_differs(ending, tmp_path, monkeypatch):
    model = nn.Module()
    model.backbone = nn.Conv2d(3, 7, 3)
    model.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    model.head.thr = 0.5

    def wrong(self, input):  # the export takes the first call's form, the check meets another
        return self.network(input).sigmoid() + 1e-3 * (not torch.compiler.is_compiling())

    monkeypatch.setattr(Scorer, 'forward', wrong)
    with pytest.raises(RuntimeError, match=r'differs from torch by 0.001\d* on input \(1, 3, 16, 16\)'):
        export_model(model, str(tmp_path / f'x{ending}'), (3, 16, 16), CLASSES, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('error', [2e-4, float('nan')])
def test_the_check_covers_every_size(error):
    def run(x, error=0.0):
        return x.mean((2, 3)) + (error if len(x) == 5 else 0)

    sizes = [(1, 3, 8, 8), (5, 3, 8, 8)]
    assert check_scores('it', run, run, sizes) == 0
    with pytest.raises(RuntimeError, match=r'it differs from torch by .* on input \(5, 3, 8, 8\)'):
        check_scores('it', lambda x: run(x, error), run, sizes)


@pytest.mark.skipif(not OLD, reason='this torch can export')
def test_an_old_torch_is_named(tmp_path):
    with pytest.raises(RuntimeError, match='torch >= 2.6'):
        export_model(deployed('r50_narrow'), str(tmp_path / 'x.onnx'), (3, 64, 64), CLASSES, {})
