"""From a trained checkpoint to its inference form, through the command."""
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from conftest import ENVIRONMENT, IMAGE, QUICK, ROOT, VIDEO
from mmengine.config import Config
from mmengine.registry import DefaultScope

from kssnet_mm.apis import load_trained
from kssnet_mm.datasets.sample.charades import CLASSES
from kssnet_mm.datasets.sample.coco import CATEGORIES
from kssnet_mm.deploy import logits
from kssnet_mm.deploy.verify import random_input
from kssnet_mm.evaluation.functional import read_score_file
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import MODELS

TOOL = ROOT / 'tools/model_converters/reparameterize_model.py'
PLAIN, PLAIN_VIDEO_CONFIG = (str(ROOT / f'configs/{name}.py') for name in
                             ('r18_sample-coco', 'i3d-r18_sample-charades'))
STOCK = '''
import json, sys
sys.modules['kssnet_mm'] = None  # importing it fails
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
cfg = Config.fromfile('stock.py')
if cfg.default_scope == 'mmpretrain':
    from mmpretrain import get_model
    model = get_model(cfg, pretrained='stock.pth')
else:
    sys.modules['mmaction.models.localizers.drn'] = type(sys)('drn')
    sys.modules['mmaction.models.localizers.drn.drn'] = type(sys)('drn')
    sys.modules['mmaction.models.localizers.drn.drn'].DRN = object
    from mmaction.apis import init_recognizer
    model = init_recognizer(cfg, 'stock.pth', device='cpu')
model.eval()
x = torch.load('x.pt', weights_only=True)
with torch.no_grad():
    features = model.backbone(x)
    if getattr(model, 'with_neck', False):
        features = model.neck(features)
    head = getattr(model, 'cls_head', None) or model.head
    torch.save(head(features), 'stock_logits.pt')
'''


def trained(config: str, workspace, **changes):
    """A model with random weights and statistics everywhere, as a checkpoint of the runner's form."""
    cfg = Config.fromfile(config)
    cfg.merge_from_dict(changes)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        cfg.model.backbone.gcn.graph = None
        model = MODELS.build(cfg.model)
    torch.manual_seed(3)
    for name, parameter in model.named_parameters():
        if 'laterals' in name:
            torch.nn.init.normal_(parameter, std=0.03)
    with torch.no_grad():  # logits as large as those of a trained model
        last = model.backbone.gcn.layers[-1]
        weight = last.weight if last.rank is None else last.weight2
        weight *= 0.05 / model.backbone.gcn()[-1].std()
    for module in model.modules():
        if isinstance(module, (torch.nn.BatchNorm2d, torch.nn.BatchNorm3d)):
            torch.nn.init.normal_(module.running_mean, std=0.2)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.2)
    classes = CLASSES if 'charades' in str(config) else CATEGORIES
    torch.save(dict(state_dict=model.state_dict(), meta=dict(dataset_meta=dict(classes=list(classes)))),
               workspace / 'trained.pth')
    return model.eval()


@pytest.mark.parametrize('options', [[], ['--fuse-norm']])
def test_deployed_image_model_tests_alike_and_refuses_training(run_here, workspace, options):
    """tools/test.py gives the trained model's scores with the deployed one's config and checkpoint."""
    trained(IMAGE, workspace)
    assert 'none, all folded' in run_here(TOOL, IMAGE, 'trained.pth', 'deployed/model.pth', *options)
    for name, config, checkpoint in (('a', IMAGE, 'trained.pth'), ('b', 'deployed/model.py', 'deployed/model.pth')):
        run_here(ROOT / 'tools/test.py', config, checkpoint, '--work-dir', name, '--out', f'{name}.npz',
                 '--cfg-options', *QUICK[3:])
    before, after = (read_score_file(workspace / f'{name}.npz') for name in 'ab')
    assert before.ids == after.ids and np.ptp(before.scores) > 0.05
    np.testing.assert_allclose(after.scores, before.scores, atol=1e-4)
    content = torch.load(workspace / 'deployed/model.pth', weights_only=True)
    state, classes = content['state_dict'], content['meta']['dataset_meta']['classes']
    assert not [k for k in state if 'gcn' in k or 'lateral' in k]
    assert any('running_mean' in k for k in state) == (options == []) == ('backbone.conv1.weight' in state)
    assert len(classes) == 12 and torch.equal(state['head.classifier.label_keys'], label_keys(classes))
    refused = 'a deployed model,? .*train on from the checkpoint that'
    said = run_here(ROOT / 'tools/train.py', 'deployed/model.py', '--work-dir', 'c', '--cfg-options', *QUICK,
                    'load_from=deployed/model.pth', fail=True, expect=2)
    assert re.search(refused, said)
    said = run_here(ROOT / 'tools/train.py', PLAIN, '--work-dir', 'c', '--cfg-options', *QUICK,
                    'load_from=deployed/model.pth', 'resume=True', fail=True)
    assert re.search(refused, said)


@pytest.mark.parametrize('config, shape, changes', [
    (IMAGE, (2, 3, 80, 80), {}),
    (VIDEO, (1, 3, 12, 56, 56), {'model.backbone.stages': ['layer2', 'layer3'],
                                 'model.backbone.gcn.out_channels': [64, 128, 256]})], ids=['mmpretrain', 'mmaction2'])
def test_stock_packages_load_it_without_us(run_here, workspace, config, shape, changes):
    model, x = trained(config, workspace, **changes), torch.randn(shape)
    options = [f'{name}={value}'.replace(' ', '').replace("'", '') for name, value in changes.items()]
    run_here(TOOL, config, 'trained.pth', 'stock.pth', '--stock', *(['--cfg-options', *options] if options else []))
    assert 'kssnet' not in (workspace / 'stock.py').read_text()
    content = torch.load(workspace / 'stock.pth', weights_only=True)
    assert content['meta']['deployed'] is False  # a plain model, which may be trained on
    assert not [name for name in content['state_dict'] if 'label_keys' in name]
    torch.save(x, workspace / 'x.pt')
    done = subprocess.run([sys.executable, '-c', STOCK], cwd=workspace, capture_output=True, text=True,
                          env={k: v for k, v in ENVIRONMENT.items() if k != 'PYTHONPATH'})
    assert done.returncode == 0, done.stderr[-3000:]
    with torch.no_grad():
        expected = logits(model, x)
    got = torch.load(workspace / 'stock_logits.pt', weights_only=True)
    assert (got - expected).abs().max() < 1e-4 and 0.1 < expected.abs().max() < 100


def test_refusals_are_one_line(run_here, workspace):
    trained(VIDEO, workspace)
    for config, options, message in (
            (VIDEO, ['--stock'], 'after layer1 cannot be folded'),
            (VIDEO, ['--tolerance', '1'], 'error: the tolerance is a share'),
            (IMAGE, [], "does not fit the config's model"),
            (PLAIN_VIDEO_CONFIG, [], "does not fit the config's model")):
        output = run_here(TOOL, config, 'trained.pth', 'x.pth', *options, fail=True)
        assert message in output and 'Traceback' not in output
    trained(IMAGE, workspace)
    before = (workspace / 'trained.pth').read_bytes()
    (workspace / 'mine.py').write_text(f'_base_ = {str(ROOT / IMAGE)!r}')
    for name, message in (('trained.pth', 'trained.pth would be written over'), ('mine.pth', 'mine.py would be written over'),
                          ('x.py', 'x.py has to end in .pth')):
        assert message in run_here(TOOL, 'mine.py', 'trained.pth', name, fail=True)
    assert (workspace / 'trained.pth').read_bytes() == before and '_base_' in (workspace / 'mine.py').read_text()
    output = run_here(TOOL, IMAGE, 'trained.pth', 'x.pth', '--fuse-norm', '--stock', fail=True)
    assert 'error: the stock backbones have batch norms' in output and not (workspace / 'x.pth').exists()


def test_a_tolerance_is_measured_and_told(run_here, workspace):
    """Of the connection that stays, one dimension at least is left, and the tool says what that costs."""
    model = trained(VIDEO, workspace)
    ranks, differences = [], []
    for tolerance in ('0', '0.999'):
        output = run_here(TOOL, VIDEO, 'trained.pth', f'{tolerance}/model.pth', '--tolerance', tolerance)
        settings = Config.fromfile(workspace / tolerance / 'model.py').model.backbone.deployed
        ranks.append(settings.layer1.rank)
        differences.append(float(re.search(r'by ([^ ]+) in float32', output)[1]))
        assert f'rank {ranks[-1]}' in output
    assert ranks == [12, 1] and differences[0] < 1e-4 < differences[1]
    x = random_input(model)
    with torch.no_grad(), DefaultScope.overwrite_default_scope('mmaction'):
        reduced = MODELS.build(Config.fromfile(workspace / '0.999/model.py').model).eval()
        load_trained(reduced, str(workspace / '0.999/model.pth'))
        expected = logits(model, x)
        measured = ((logits(reduced, x) - expected).abs().max() / max(expected.abs().max(), 1)).item()
    assert measured == pytest.approx(differences[1], rel=0.05)
