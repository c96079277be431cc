"""From a trained checkpoint to its inference form, through the command."""
import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from conftest import ENVIRONMENT, IMAGE, QUICK, ROOT, VIDEO
from mmengine.config import Config
from mmengine.registry import DefaultScope

from kssnet_mm.deploy import logits
from kssnet_mm.evaluation.functional import read_score_file
from kssnet_mm.registry import MODELS

TOOL = ROOT / 'tools/model_converters/reparameterize_model.py'
PLAIN_VIDEO = ['model.backbone.stages=[layer2,layer3]', 'model.backbone.gcn.out_channels=[64,128,256]']
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
    """A model with random weights everywhere, as a checkpoint of the runner's form."""
    cfg = Config.fromfile(config)
    cfg.merge_from_dict(changes)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        cfg.model.backbone.gcn.graph = None
        model = MODELS.build(cfg.model)
    torch.manual_seed(3)
    for name, parameter in model.named_parameters():
        if 'laterals' in name:
            torch.nn.init.normal_(parameter, std=0.03)
    classes = json.loads((workspace / 'data/sample/coco/annotations/instances_val2014.json').read_text())
    names = [c['name'] for c in sorted(classes['categories'], key=lambda c: c['id'])]
    torch.save(dict(state_dict=model.state_dict(), meta=dict(dataset_meta=dict(classes=names))),
               workspace / 'trained.pth')
    return model.eval()


def test_deployed_image_model_tests_alike_and_refuses_training(run_here, workspace):
    trained(IMAGE, workspace)
    output = run_here(TOOL, IMAGE, 'trained.pth', 'deployed/model.pth')
    assert 'none, all folded' in output
    for name, config, checkpoint in (('a', IMAGE, 'trained.pth'), ('b', 'deployed/model.py', 'deployed/model.pth')):
        run_here(ROOT / 'tools/test.py', config, checkpoint, '--work-dir', name, '--out', f'{name}.npz',
            '--cfg-options', *QUICK[3:])
    before, after = (read_score_file(workspace / f'{name}.npz') for name in 'ab')
    assert before.ids == after.ids and np.ptp(before.scores) > 0.05
    np.testing.assert_allclose(after.scores, before.scores, atol=1e-4)
    state = torch.load(workspace / 'deployed/model.pth', weights_only=True)['state_dict']
    assert not [k for k in state if 'gcn' in k or 'lateral' in k] and 'backbone.conv1.weight' in state
    with pytest.raises(RuntimeError, match='a deployed model has no label graph left to train'):
        run_here(ROOT / 'tools/train.py', 'deployed/model.py', '--work-dir', 'c', '--cfg-options', *QUICK,
                 'load_from=deployed/model.pth')


@pytest.mark.parametrize('config, shape, options', [(IMAGE, (2, 3, 80, 80), []),
                                                    (VIDEO, (1, 3, 12, 56, 56), PLAIN_VIDEO)],
                         ids=['mmpretrain', 'mmaction2'])
def test_stock_packages_load_it_without_us(run_here, workspace, config, shape, options):
    changes = {} if not options else {'model.backbone.stages': ('layer2', 'layer3'),
                                      'model.backbone.gcn.out_channels': (64, 128, 256)}
    model, x = trained(config, workspace, **changes), torch.randn(shape)
    extra = ['--cfg-options', *options] if options else []
    run_here(TOOL, config, 'trained.pth', 'stock.pth', '--stock', *extra)
    assert 'kssnet' not in (workspace / 'stock.py').read_text()
    torch.save(x, workspace / 'x.pt')
    done = subprocess.run([sys.executable, '-c', STOCK], cwd=workspace, capture_output=True, text=True,
                          env={k: v for k, v in ENVIRONMENT.items() if k != 'PYTHONPATH'})
    assert done.returncode == 0, done.stderr[-3000:]
    with torch.no_grad():
        expected = logits(model, x)
    got = torch.load(workspace / 'stock_logits.pt', weights_only=True)
    assert (got - expected).abs().max() < 1e-4 * max(1, expected.abs().max())


def test_refusals(run_here, workspace):
    trained(VIDEO, workspace)
    output = run_here(TOOL, VIDEO, 'trained.pth', 'stock.pth', '--stock', fail=True)
    assert 'after layer1 cannot be folded' in output and 'Traceback' not in output
    output = run_here(TOOL, IMAGE, 'trained.pth', 'x.pth', fail=True)
    assert "does not fit the config's model" in output
    assert not (workspace / 'stock.pth').exists() and not (workspace / 'x.pth').exists()
