"""Networks that start at the prior: the first loss is the entropy of the labels' frequencies."""
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from shared_data import ROOT

from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.engine.check_labels_hook import check_labels
from kssnet_mm.graphs import LabelGraph
from kssnet_mm.models.heads.prior import log_odds, read_prior
from kssnet_mm.registry import MODELS

N, NAMES = 12, [f'label {i}' for i in range(12)]
HELD = np.array([400, 250, 160, 120, 90, 60, 45, 30, 22, 15, 10, 0])  # of 1000
FREQUENCIES = (HELD + .5) / 1001
ENTROPY = -np.mean(FREQUENCIES * np.log(FREQUENCIES) + (1 - FREQUENCIES) * np.log(1 - FREQUENCIES))
PLAIN, SHARED = (dict(type=kind, dropout=0.5) for kind in ('LinearClassifier', 'GraphLinearClassifier'))
IMAGES, VIDEOS = (8, 3, 64, 64), (4, 3, 8, 64, 64)


@pytest.fixture()
def graph(tmp_path):
    path = str(tmp_path / 'graph.npz')
    rng = np.random.default_rng(0)
    adjacency = rng.random((N, N)) * (rng.random((N, N)) < .3) + np.eye(N)
    LabelGraph(NAMES, adjacency, embedding=rng.normal(size=(N, 50)),
               label_counts=np.stack([HELD, np.full(N, 1000)], 1)).save(path)
    return path


def build(config, classifier, graph=None, seed=0, **gcn):
    """A model of ``configs/_base_/models``, with random weights and the given classifier."""
    cfg = Config.fromfile(ROOT / f'configs/_base_/models/{config}.py').model
    video = 'cls_head' in cfg
    init_default_scope('mmaction' if video else 'mmpretrain')
    head = cfg.cls_head if video else cfg.head
    head.num_classes, head.classifier = N, classifier
    if cfg.backbone.type == 'LabelGraphBackbone':
        cfg.backbone.gcn.update(num_classes=N, in_channels=50, graph=graph, **gcn)
        cfg.backbone.backbone.pop('init_cfg', None)
    torch.manual_seed(seed)
    model = MODELS.build(cfg)
    model.init_weights()
    return model


def first_loss(model, shape):
    """Loss of the first training step, over data whose labels have the frequencies and are no guide to the pixels."""
    head = model.cls_head if hasattr(model, 'cls_head') else model.head
    loss = head.loss_cls if hasattr(head, 'loss_cls') else head.loss_module
    model.train()
    with torch.no_grad():
        logits = head(model.backbone(torch.randn(shape)))
    return loss(logits, torch.tensor(FREQUENCIES).float().expand_as(logits)).item()


def form(**settings):
    return dict(type='LabelGraphClassifier', dropout=0.5, **settings)


@pytest.mark.parametrize('config, classifier, shape', [
    ('r18', SHARED, IMAGES), ('i3d-r18', SHARED, VIDEOS),
    ('r18', PLAIN, IMAGES), ('i3d-r18', PLAIN, VIDEOS), ('kssnet_mobilenet-v2', form(), IMAGES),
    *(('kssnet_r18', form(tanh=tanh, fc=fc), IMAGES) for tanh in (True, False) for fc in (True, False)),
    *(('kssnet_i3d-r18', form(tanh=tanh, fc=fc), VIDEOS) for tanh in (True, False) for fc in (True, False)),
    ('kssnet_r18', form(pool='max', tanh=False, fc=False), IMAGES)])
def test_first_loss_is_the_entropy(graph, config, classifier, shape):
    source = 'graph' if classifier is SHARED else 'prior'
    model = build(config, dict(classifier, **{source: graph}), graph, **(
        dict(last_std=0.01) if config.startswith('kssnet') else {}))
    assert first_loss(model, shape) == pytest.approx(ENTROPY, rel=.03)


@pytest.mark.parametrize('stages, channels', [(('layer1', 'layer2', 'layer3'), (32, 64, 128, 256)),
                                              (('layer3', ), (128, 256)), ((), (256, ))])
@pytest.mark.parametrize('rank', [None, 'released'])
def test_depth_and_rank_do_not_matter(graph, stages, channels, rank):
    cfg = Config.fromfile(ROOT / 'configs/_base_/models/kssnet_r18.py').model.backbone
    cfg.gcn.update(num_classes=N, in_channels=50, graph=graph, out_channels=channels, rank=rank, last_std=0.01)
    backbone = MODELS.build(dict(cfg, stages=stages))
    backbone.init_weights()
    assert backbone.gcn()[-1].square().mean().sqrt().item() == pytest.approx(.01, rel=1e-4)


def test_without_a_prior_the_first_loss_is_far_from_it(graph):
    """So that the test above can fail: as the paper has it, logits lie around 0, or far from it."""
    assert first_loss(build('kssnet_i3d-r18', form(), graph), VIDEOS) > 1.5 * ENTROPY
    assert first_loss(build('r18', PLAIN), IMAGES) > 1.5 * ENTROPY


def test_bias_by_hand_and_frequencies_by_number():
    """log(.25 / .75) = -1.098612, log(.5 / .5) = 0."""
    classifier = MODELS.build(dict(type='LinearClassifier', num_classes=2, in_channels=3, prior=[.25, .5]))
    classifier.init_weights()
    torch.testing.assert_close(classifier.fc.bias.data, torch.tensor([-1.098612, 0.]), rtol=0, atol=1e-6)
    assert 0 < classifier.fc.weight.std() < .03
    torch.testing.assert_close(log_odds([.9]), torch.tensor([2.197225]), rtol=0, atol=1e-6)


def test_labels_of_the_prior_are_compared_with_the_data_sets(graph):
    model = build('r18', dict(PLAIN, prior=graph))
    with pytest.raises(ValueError, match='another order'):
        check_labels(model.head.classifier.label_keys, NAMES[::-1])
    assert not [key for key in model.state_dict() if 'label_keys' in key]


def test_paper_settings_have_the_weights_that_they_had(graph):
    """Checkpoints from before ``prior`` and ``last_std`` load into them."""
    keys = [key for key in build('kssnet_r18', form(fc=False), graph).state_dict() if key.startswith('head')]
    assert keys == []
    assert list(MODELS.build(dict(form(), num_classes=2, in_channels=3)).state_dict()) == ['fc.weight', 'fc.bias']


@pytest.mark.parametrize('fc', [True, False])
def test_deployed_models_keep_the_bias(graph, fc):
    model = build('kssnet_r18', form(fc=fc, prior=graph), graph, last_std=0.01).double().eval()
    x = torch.randn(2, 3, 64, 64, dtype=torch.double)
    with torch.no_grad():
        expected = model.head(model.backbone(x))
        deployed = switch_to_deploy(model)
        torch.testing.assert_close(deployed.head(deployed.backbone(x)), expected, rtol=1e-9, atol=1e-9)
        torch.testing.assert_close(deployed.head.classifier.fc.bias.float(), log_odds(FREQUENCIES))


def test_faults_are_named(tmp_path, graph):
    with pytest.raises(ValueError, match='the classifier num_classes=3: set num_classes=12'):
        read_prior(graph, 3)
    for wrong in ([.5, .5, 1.], [.1], '', 3.):
        with pytest.raises(ValueError, match='3 frequencies above 0 and below 1, got'):
            MODELS.build(dict(form(), num_classes=3, in_channels=2, prior=wrong))
    LabelGraph(['a', 'b', 'c'], np.eye(3)).save(tmp_path / 'old.npz')
    with pytest.raises(ValueError, match='does not say how often'):
        read_prior(str(tmp_path / 'old.npz'), 3)
    with pytest.raises(ValueError, match='last_std must be None or positive, got 0'):
        MODELS.build(dict(type='LabelGCN', num_classes=3, last_std=0))
