"""Training on from the checkpoint of a network of other labels, through mmengine's runner."""
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmpretrain.structures import DataSample
from shared_data import ROOT

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.models.heads.prior import log_odds
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import DATASETS

OLD, SAME_NUMBER, OTHER_NUMBER = ['cup', 'dog', 'tennis racket'], ['Dog', 'cat', 'cup'], ['cat', 'fox', 'dog', 'cow']


@DATASETS.register_module(force=True)
class ImagesForFitLabels(BaseDataset):
    """Noise, every second label."""

    def load_data_list(self):
        return [dict(seed=i) for i in range(4)]

    def __getitem__(self, index):
        image = torch.randn(3, 32, 32, generator=torch.Generator().manual_seed(index))
        return dict(inputs=image, data_samples=DataSample().set_gt_score(
            (torch.arange(len(self.metainfo['classes'])) % 2).float()))


def seed_of(labels):
    return sum(map(ord, ''.join(labels)))


@pytest.fixture()
def train(tmp_path):
    """Trains one step (with lr 0 unless asked) and returns the model; ``said`` gets what was logged."""
    count = iter(range(100))

    def call(labels, load_from=None, resume=False, lr=0., kind='LabelGraphClassifier', eta=.4, said=None,
             **classifier):
        name = f'run{next(count)}'
        rng, n = np.random.default_rng(seed_of(labels)), len(labels)
        file = str(tmp_path / f'{name}.npz')
        LabelGraph(labels, (1 - eta) * np.eye(n) + eta * rng.random((n, n)), embedding=rng.normal(size=(n, 50)),
                   label_counts=[[1, 4]] * n).save(file)
        init_default_scope('mmpretrain')
        model = Config.fromfile(ROOT / 'configs/_base_/models/kssnet_r18.py').model
        model.data_preprocessor.num_classes = model.head.num_classes = model.backbone.gcn.num_classes = n
        model.backbone.gcn.graph = file
        model.head.classifier = dict(type=kind, prior=file, **classifier)
        if kind == 'LinearClassifier':
            model.backbone = model.backbone.backbone
        runner = Runner.from_cfg(Config(dict(
            default_scope='mmpretrain', work_dir=str(tmp_path / name), experiment_name=f'{tmp_path.name}-{name}',
            model=model, load_from=load_from, resume=resume,
            train_cfg=dict(by_epoch=True, max_epochs=2 if resume else 1),
            train_dataloader=dict(batch_size=4, num_workers=0, sampler=dict(type='DefaultSampler', shuffle=False),
                                  dataset=dict(type='ImagesForFitLabels', metainfo=dict(classes=labels))),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=lr)), randomness=dict(seed=len(labels)),
            default_hooks=dict(fit_labels=dict(type='FitLabelsHook')), log_level='INFO',
            custom_hooks=[dict(type='CheckLabelsHook'), dict(type='EMAHook')])))
        if said is not None:
            runner.logger.addHandler(said)
        runner.train()
        return runner.model, str(tmp_path / name / f'epoch_{2 if resume else 1}.pth')

    return call


@pytest.mark.parametrize('labels, here, there', [(SAME_NUMBER, [0, 2], [1, 0]), (OTHER_NUMBER, [2], [1])])
def test_other_labels_keep_the_configs_graph_and_take_what_fits(train, caplog, labels, here, there):
    old, checkpoint = train(OLD, lr=.1)
    # what a class of its own learned
    assert old.head.classifier.fc.weight.std() > 0 and old.backbone.laterals['layer1'].weight.abs().sum() > 0
    new, saved = train(labels, load_from=checkpoint, said=caplog.handler)
    gcn = new.backbone.gcn
    assert torch.equal(gcn.label_keys, label_keys(labels)) and not torch.equal(gcn.adjacency[:2, :2],
                                                                              old.backbone.gcn.adjacency[:2, :2])
    rng = np.random.default_rng(seed_of(labels))
    rng.random((len(labels), ) * 2)
    torch.testing.assert_close(gcn.embedding, torch.from_numpy(rng.normal(size=(len(labels), 50))).float())
    for name, module in old.backbone.backbone.named_parameters():
        assert torch.equal(module, new.backbone.backbone.get_parameter(name)), name
    assert torch.equal(gcn.layers[2].weight, old.backbone.gcn.layers[2].weight)
    fc, before = new.head.classifier.fc, old.head.classifier.fc
    assert torch.equal(fc.weight[here], before.weight[there]) and torch.equal(fc.bias[here], before.bias[there])
    fresh = [i for i in range(len(labels)) if i not in here]
    torch.testing.assert_close(fc.bias[fresh].detach(), log_odds([.3] * len(fresh)))  # (1 + .5) / (4 + 1)
    lateral, earlier = (m.backbone.laterals['layer2'].weight for m in (new, old))
    assert torch.equal(lateral[:, here], earlier[:, there]) and not lateral[:, fresh].any()
    assert f'it has 3, the config {len(labels)}, and {len(here)} are in both' in caplog.text
    assert "The label graph is the config's (backbone.gcn.adjacency" in caplog.text
    assert f'Those of the others start anew: {", ".join(labels[i] for i in fresh)}.' in caplog.text
    ema = torch.load(saved, map_location='cpu')
    assert torch.equal(ema['ema_state_dict']['module.head.classifier.fc.weight'], fc.weight)


def test_a_plain_network_matches_its_rows_by_name(train):
    old, checkpoint = train(OLD, lr=.1, kind='LinearClassifier')
    new, _ = train(OLD[::-1], load_from=checkpoint, kind='LinearClassifier')
    assert torch.equal(new.head.classifier.fc.weight, old.head.classifier.fc.weight.flip(0))
    assert torch.equal(new.head.classifier.fc.bias, old.head.classifier.fc.bias.flip(0))


@pytest.mark.parametrize('kinds', [('LinearClassifier', 'LabelGraphClassifier'),
                                   ('LabelGraphClassifier', 'LinearClassifier')])
@pytest.mark.parametrize('named, wrapper', [(True, ''), (False, ''), (True, 'module.')])
def test_a_plain_backbone_goes_into_the_label_graphs_and_back(train, caplog, kinds, named, wrapper):
    """Names of a plain network begin with backbone., those inside a LabelGraphBackbone with backbone.backbone.

    DataParallel and DistributedDataParallel put module. before all of them.
    """
    old, checkpoint = train(OLD, lr=.1, kind=kinds[0])
    if not named:  # as weights of elsewhere, which say nothing of their classes
        state = torch.load(checkpoint, map_location='cpu')['state_dict']
        torch.save(dict(state_dict={name: value for name, value in state.items() if 'label_keys' not in name}),
                   checkpoint)
    if wrapper:
        content = torch.load(checkpoint, map_location='cpu')
        content['state_dict'] = {wrapper + name: value for name, value in content['state_dict'].items()}
        torch.save(content, checkpoint)
    new, saved = train(OTHER_NUMBER if named else OLD, load_from=checkpoint, kind=kinds[1], said=caplog.handler)
    old, new = (model.backbone.backbone if hasattr(model.backbone, 'gcn') else model.backbone for model in (old, new))
    for name, parameter in old.named_parameters():
        assert torch.equal(parameter, new.get_parameter(name)), name
    averaged = torch.load(saved, map_location='cpu')['ema_state_dict']
    assert torch.equal(next(value for name, value in averaged.items() if name.endswith('backbone.conv1.weight')),
                       old.conv1.weight)
    assert f'load_from is a network {"without" if kinds[0] == "LinearClassifier" else "with"} a label' in caplog.text
    assert 'All other 0' not in caplog.text


def test_weights_of_another_network_are_called_so(train, caplog):
    _, checkpoint = train(OLD)
    torch.save(dict(state_dict={'stem.weight': torch.zeros(3)}), checkpoint)
    train(OLD, load_from=checkpoint, said=caplog.handler)
    assert "no weight under a name of the model's backbone" in caplog.text and 'stem.weight' in caplog.text


def test_other_widths_start_anew(train, caplog):
    _, checkpoint = train(OLD)
    state = torch.load(checkpoint, map_location='cpu')
    state['state_dict']['backbone.gcn.layers.0.weight'] = torch.zeros(49, 32)
    torch.save(state, checkpoint)
    new, _ = train(SAME_NUMBER, load_from=checkpoint, said=caplog.handler)
    assert new.backbone.gcn.layers[0].weight.abs().sum() > 0
    assert 'These do not fit and start anew: backbone.gcn.layers.0.weight.' in caplog.text


def test_the_same_labels_take_the_configs_graph(train, caplog):
    old, checkpoint = train(OLD, lr=.1)
    same, _ = train(OLD, load_from=checkpoint, said=caplog.handler)
    assert 'load_from' not in caplog.text.replace('load_from_', '') and torch.equal(
        same.head.classifier.fc.weight, old.head.classifier.fc.weight)
    other, _ = train(OLD, load_from=checkpoint, eta=.1, said=caplog.handler)
    assert 'load_from has the labels of the config, and another label graph.' in caplog.text
    assert not torch.equal(other.backbone.gcn.adjacency, old.backbone.gcn.adjacency)
    assert torch.equal(other.head.classifier.fc.weight, old.head.classifier.fc.weight)


def test_resume_continues_the_network_that_was_saved(train):
    old, checkpoint = train(OLD, lr=.1)
    resumed, _ = train(OLD, load_from=checkpoint, resume=True, eta=.1)
    assert torch.equal(resumed.backbone.gcn.adjacency, old.backbone.gcn.adjacency)
