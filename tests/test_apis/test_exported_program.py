"""Exported files whose content is not what an export writes."""
import io
import json
import os
import runpy
import subprocess
import sys
import zipfile

import pytest
import torch
from packaging.version import Version
from PIL import Image
from shared_data import ROOT
from tiny_models import picture

from kssnet_mm.apis import MultiLabelInferencer

HOW = dict(kind='image', resize=[48, 32], crop=None, channels='rgb', mean=[120., 110., 100.], std=[60., 60., 60])
needs_exporter = pytest.mark.skipif(Version(torch.__version__) < Version('2.6'),
                                    reason="torch's current exporter needs torch >= 2.6")


class Mean(torch.nn.Module):

    def forward(self, x):
        return x.mean(dim=(2, 3)).sigmoid()


def write_program(path, classes) -> None:
    """A program that gives three scores, for images of one size."""
    program = torch.export.export(Mean(), (torch.zeros(1, 3, 32, 48), ))
    meta = dict(classes=classes, thresholds=[.5] * len(classes), preprocessing=HOW)
    torch.export.save(program, path, extra_files={key: json.dumps(value) for key, value in meta.items()})


class Folder:
    """Makes a folder when it is unpickled."""

    def __init__(self, path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path, )


@needs_exporter
def test_its_pickles_are_not_run(tmp_path):
    write_program(tmp_path / 'good.pt2', ['red', 'green', 'blue'])
    MultiLabelInferencer(tmp_path / 'good.pt2', device='cpu', show_progress=False)
    pickled = io.BytesIO()
    torch.save(Folder(tmp_path / 'made'), pickled)
    with zipfile.ZipFile(tmp_path / 'good.pt2') as good, zipfile.ZipFile(tmp_path / 'bad.pt2', 'w') as bad:
        changed = [name for name in good.namelist() if 'sample_inputs' in name]
        assert len(changed) == 1
        for name in good.namelist():
            bad.writestr(name, pickled.getvalue() if name in changed else good.read(name))
    with pytest.raises(ValueError, match='bad.pt2 holds a pickle that is broken or of more than tensors'):
        MultiLabelInferencer(tmp_path / 'bad.pt2', device='cpu', show_progress=False)
    assert not (tmp_path / 'made').exists()
    assert 'TORCH_FORCE_WEIGHTS_ONLY_LOAD' not in os.environ


def write_onnx(path, classes, last_weight=1.0) -> None:
    """Three scores of an image: the sigmoids of its channels' means, times 1, 1 and ``last_weight``."""
    onnx = pytest.importorskip('onnx')
    make = onnx.helper.make_node
    nodes = [make('ReduceMean', ['input'], ['mean'], axes=[2, 3], keepdims=0),
             make('Mul', ['mean', 'weight'], ['logits']), make('Sigmoid', ['logits'], ['scores'])]
    weight = onnx.helper.make_tensor('weight', onnx.TensorProto.FLOAT, [3], [1.0, 1.0, last_weight])
    x, y = (onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
            for name, shape in (('input', ['batch', 3, 'height', 'width']), ('scores', ['batch', 3])))
    model = onnx.helper.make_model(onnx.helper.make_graph(nodes, 'mean', [x], [y], [weight]),
                                   opset_imports=[onnx.helper.make_opsetid('', 17)], ir_version=8)
    meta = dict(classes=classes, thresholds=[.5] * len(classes), preprocessing=HOW)
    onnx.helper.set_model_props(model, {key: json.dumps(value) for key, value in meta.items()})
    onnx.save(model, path)


def said_by_the_script(monkeypatch, capsys, *words) -> str:
    script = runpy.run_path(str(ROOT / 'tools/deployment/predict_onnx.py'))['main']
    monkeypatch.setattr(sys, 'argv', ['predict_onnx.py', *map(str, words)])
    with pytest.raises(SystemExit):
        script()
    return capsys.readouterr().err


@pytest.mark.parametrize('classes, weight, package, script', [
    (['red', 'green'], 1.0, 'gives scores of shape (1, 3) for 1 inputs and 2 classes', 'another number of scores'),
    (['red', 'green', 'blue'], float('nan'), 'scores that are no numbers (NaN)', 'gives NaN')])
def test_scores_that_cannot_be_used(tmp_path, monkeypatch, capsys, classes, weight, package, script):
    pytest.importorskip('onnxruntime')
    model, image = tmp_path / 'model.onnx', tmp_path / 'a.png'
    Image.fromarray(picture()).save(image)
    write_onnx(model, ['red', 'green', 'blue'])
    found = MultiLabelInferencer(model, device='cpu', show_progress=False)(str(image))
    assert found['failures'] == [] and said_by_the_script(monkeypatch, capsys, model, image) == ''
    write_onnx(model, classes, weight)
    found = MultiLabelInferencer(model, device='cpu', show_progress=False)(str(image))
    failure, = found['failures']
    assert failure['id'] == str(image) and package in failure['error']
    assert script in said_by_the_script(monkeypatch, capsys, model, image)


def test_the_script_prints_names_that_are_no_text(tmp_path):
    pytest.importorskip('onnxruntime')
    write_onnx(tmp_path / 'model.onnx', ['red', 'green', 'blue'])
    Image.fromarray(picture()).save(tmp_path / 'a.png')
    name = os.fsencode(tmp_path) + b'/caf\xe9.png'
    os.rename(tmp_path / 'a.png', name)
    done = subprocess.run([sys.executable, ROOT / 'tools/deployment/predict_onnx.py', tmp_path / 'model.onnx', name],
                          capture_output=True, env=dict(os.environ, PYTHONIOENCODING='utf-8'))
    assert done.returncode == 0 and b'caf\\udce9.png' in done.stdout, done.stderr[-1000:]
