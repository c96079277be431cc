"""A plain backbone whose classifier shares its weights: trained, deployed and loaded by the commands."""
import torch
from conftest import QUICK, ROOT
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope

from kssnet_mm.checkpoints import read_checkpoint
from kssnet_mm.deploy import logits

CONFIG = f'''
_base_ = ['{ROOT}/configs/r18_sample-coco.py']
model = dict(head=dict(classifier=dict(
    type='GraphLinearClassifier', eta=0.4,
    graph=dict(type='LabelGraphBuilder', preset='mlgcn', statistical=dict(
        type='CooccurrenceGraph', estimator='conditional',
        source=dict(type='CocoLabels', ann_file='data/sample/coco/annotations/instances_train2014.json'))))))
'''


def test_train_and_deploy(run_here, workspace):
    (workspace / 'shared.py').write_text(CONFIG)
    run_here(ROOT / 'tools/train.py', 'shared.py', '--work-dir', 'run', '--cfg-options', *QUICK)
    run_here(ROOT / 'tools/model_converters/reparameterize_model.py', 'shared.py', 'run/epoch_1.pth', 'out/model.pth')
    found = []
    with DefaultScope.overwrite_default_scope('mmpretrain'), torch.no_grad():
        for config, weights in (('shared.py', 'run/epoch_1.pth'), ('out/model.py', 'out/model.pth')):
            cfg = Config.fromfile(workspace / config)
            model = MODELS.build(cfg.model).eval()
            model.load_state_dict(read_checkpoint(str(workspace / weights))['state_dict'])
            found.append((model, logits(model, torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0)))))
    (trained, before), (deployed, after) = found
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)
    sharing = trained.head.classifier.sharing
    torch.testing.assert_close(sharing.sum(1), torch.ones(len(sharing)))
    assert (sharing.diagonal() < 1).any() and sharing.diagonal().min() > .59
    assert type(deployed.head.classifier).__name__ == 'LinearClassifier'
    assert deployed.head.classifier.label_keys.any()
    assert torch.equal(deployed.head.classifier.label_keys, trained.head.classifier.label_keys)
    # A is not 1 x V: the deployed weights are shared ones
    assert not torch.allclose(deployed.head.classifier.fc.weight, trained.head.classifier.fc.weight)
