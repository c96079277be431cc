"""Export through the command, and prediction from the file without our stack."""
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from conftest import ENVIRONMENT, IMAGE, ROOT, VIDEO
from packaging.version import Version
from test_reparameterize import trained

pytestmark = pytest.mark.skipif(Version(torch.__version__) < Version('2.6'),
                                reason="torch's current exporter needs torch >= 2.6")
TOOL = ROOT / 'tools/deployment/export.py'


@pytest.mark.parametrize('config, media', [
    (IMAGE, 'data/sample/coco/val2014/COCO_val2014_000000100001.jpg'),
    (VIDEO, 'data/sample/charades/videos/V0000.mp4'),
], ids=['image', 'video'])
def test_exported_file_predicts_what_the_model_does(run_here, workspace, config, media):
    trained(config, workspace)
    thr = f'model.{"head" if config == IMAGE else "cls_head"}.thr=0.0'
    output = run_here(TOOL, config, 'trained.pth', 'out/model.onnx', '--cfg-options', thr)
    assert 'scores within' in output and '(5, 3, ' in output
    # a copy that imports nothing of ours
    shutil.copy(ROOT / 'tools/deployment/predict_onnx.py', workspace / 'alone.py')
    environment = {k: v for k, v in ENVIRONMENT.items() if k != 'PYTHONPATH'}
    script = "import sys; sys.modules['torch'] = sys.modules['kssnet_mm'] = None; " \
             "sys.argv = sys.argv[1:]; exec(open('alone.py').read())"
    done = subprocess.run([sys.executable, '-c', script, 'alone.py', 'out/model.onnx', media], cwd=workspace,
                          env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    theirs = run_here(ROOT / 'tools/predict.py', config, 'trained.pth', media, '--thr', '0')
    pattern = r'([A-Za-z][A-Za-z ]*) ([01]\.\d{3})'
    got = {name: float(score) for name, score in re.findall(pattern, done.stdout.split(media)[1])}
    expected = {name: float(score) for name, score in re.findall(pattern, theirs.split(media + ':')[1])}
    assert set(got) == set(expected) and len(got) == 12
    # other JPEG decoders and resizers: pixels differ by a level or two
    assert max(abs(got[name] - expected[name]) for name in got) < 0.01
    assert np.ptp(list(got.values())) > 0.02


def test_a_deployed_config_is_taken_as_well_as_the_trained_one(run_here, workspace):
    """The video model, whose first connection stays."""
    trained(VIDEO, workspace)
    run_here(ROOT / 'tools/model_converters/reparameterize_model.py', VIDEO, 'trained.pth', 'deployed/model.pth')
    output = run_here(TOOL, 'deployed/model.py', 'deployed/model.pth', 'out/model.pt2')
    assert 'wrote out/model.pt2: scores within' in output and '(5, 3, 12, 56, 56)' in output
    found = dict(preprocessing='')
    torch.export.load(workspace / 'out/model.pt2', extra_files=found)
    assert json.loads(found['preprocessing'])['frames'] == 12


def test_refusals_are_one_line(run_here, workspace):
    trained(IMAGE, workspace)
    (workspace / 'other.py').write_text(
        f"_base_ = [{IMAGE!r}]\ntest_dataloader = dict(dataset=dict(pipeline=["
        "dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.Rotate', angle=9.)]))\n")
    torch.save(dict(state_dict=torch.load(workspace / 'trained.pth', weights_only=True)['state_dict']),
               workspace / 'nameless.pth')
    for config, checkpoint, out, message in (
            ('other.py', 'trained.pth', 'x.onnx', 'a step mmpretrain.Rotate'),
            (IMAGE, 'nameless.pth', 'x.pt2', 'error: nameless.pth holds no class names'),
            (IMAGE, 'none.pth', 'x.pth', 'x.pth ends in neither of .onnx, .pt2')):
        output = run_here(TOOL, config, checkpoint, out, fail=True)
        assert message in output and 'Traceback' not in output and not (workspace / out).exists()
