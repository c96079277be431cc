"""The printed config lines, applied to configs: they train the arm that was compared, on the image."""
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from tiny_models import CLASSES, KNOWLEDGE, make

from kssnet_mm.registry import MODELS, TASK_UTILS
from kssnet_mm.reports.graph_comparison.arms import Sources, neighbours
from kssnet_mm.reports.graph_comparison.comparison import Comparison
from kssnet_mm.reports.graph_comparison.config_lines import config_lines
from kssnet_mm.reports.graph_comparison.counts import Counts
from kssnet_mm.reports.graph_comparison.knowledge import knowledge_configs, priors
from kssnet_mm.reports.graph_comparison.tuning import Candidate

TARGETS = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [1, -1, 0, 1], [0, 1, 1, 0], [0, 0, 1, 1], [1, 0, 0, -1]], np.int8)
ARMS = ['cooccurrence', 'mlgcn', 'rows', 'vectors', 'conceptnet', 'both']
BUILDER = dict(type='LabelGraphBuilder', embedding=dict(type='FourVectors'), knowledge=dict(type='FourWeights'))


class FourVectors:
    def build(self, labels, concepts=None):
        return np.random.default_rng(1).normal(size=(len(labels), 3)).astype(np.float32)


class FourWeights:
    def build(self, labels, concepts=None):
        return KNOWLEDGE, dict(edges=4)


@pytest.fixture(autouse=True)
def _registered():
    for kind in (FourVectors, FourWeights):
        TASK_UTILS.register_module(module=kind, force=True)
    yield
    for kind in (FourVectors, FourWeights):
        del TASK_UTILS.module_dict[kind.__name__]


def applied(folder, cfg, arm, builder=BUILDER, **settings):
    """The config that inherits one and has the lines for an arm, whose blanks are filled in."""
    (folder / 'labels.csv').write_text(f'id,{",".join(CLASSES)}\n' + '\n'.join(
        f'{i},' + ','.join(map(str, row)) for i, row in enumerate(TARGETS)) + '\n')
    found = Comparison(CLASSES, 5, 5, 0, tuned={arm: [Candidate(.1, .3)]})
    table = str(folder / 'labels.csv')
    lines = config_lines(found, arm, table, 'targets', cfg.model.to_dict(), knowledge_configs(builder), **settings)
    cfg.dump(folder / 'base.py')
    filled = lines.replace('labels=...', f'labels={CLASSES}').replace(
        'source=...', f"source=dict(type='LabelTable', file={table!r})")
    (folder / 'mine.py').write_text("_base_ = ['base.py']\n" + filled)
    return Config.fromfile(folder / 'mine.py')


def trained_parts(cfg, video=False):
    """The model; fails unless its logits are those of the image and all its parameters have gradients."""
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model)
    model.init_weights()
    model.train()
    head = model.cls_head if video else model.head
    x = torch.randn(2, 3, *((8, 32, 32) if video else (64, 64)))
    logits = head.classifier(model.backbone(x))
    assert (logits[0] - logits[1]).abs().max() > 1e-6
    logits.square().sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())
    return model


@pytest.mark.parametrize('graph', [True, False], ids=['LabelGraphBackbone', 'plain backbone'])
@pytest.mark.parametrize('arm', [None, *ARMS])
def test_the_lines_train_the_arm(tmp_path, graph, arm):
    cfg, _ = make(tmp_path, graph=graph)
    classifier = trained_parts(applied(tmp_path, cfg, arm)).head.classifier
    if arm is not None:
        known = priors(BUILDER, CLASSES)
        none = Counts(np.zeros((4, 4), int), np.zeros(4, int), 0)
        sources = Sources(Counts.of(TARGETS), none, known['vectors'], known['conceptnet'], np.arange(4))
        p = neighbours(arm, sources)
        np.testing.assert_allclose(classifier.sharing.numpy(), .3 * p + .7 * np.eye(4), atol=1e-6)


@pytest.mark.parametrize('graph', [True, False], ids=['LabelGraphBackbone', 'plain backbone'])
@pytest.mark.parametrize('arm', [None, 'cooccurrence'])
def test_the_lines_train_videos(tmp_path, graph, arm):
    trained_parts(applied(tmp_path, make(tmp_path, video=True, graph=graph)[0], arm), video=True)


def test_what_the_classifier_joins_stays_and_what_mmpretrain_cannot_build_is_said():
    model = dict(backbone=dict(type='LabelGraphBackbone', backbone=dict(type='timm.convnext_atto', pretrained=True)),
                 head=dict(type='KSSNetHead', classifier=dict(type='LabelGraphClassifier', pathways=2)))
    lines = config_lines(Comparison(['a'], 5, 5, 0), None, model=model)
    assert 'mmpretrain builds timm.convnext_atto inside a LabelGraphBackbone' in lines and 'backbone=...' in lines
    assert "dict(\n        _delete_=True,\n        type='LinearClassifier',\n        pathways=2)" in lines
    assert config_lines(Comparison(['a'], 5, 5, 0), None) == "classifier=dict(type='LinearClassifier')"


@pytest.mark.parametrize('head', [dict(type='MultiLabelLinearClsHead', num_classes=4, in_channels=64),
                                  dict(type='KSSNetHead', num_classes=4, in_channels=64)])
@pytest.mark.parametrize('arm', [None, 'cooccurrence'])
def test_a_head_without_a_classifier_becomes_one_that_has_it(tmp_path, head, arm):
    cfg, _ = make(tmp_path, graph=False)
    cfg.model.head = head
    classifier = trained_parts(applied(tmp_path, cfg, arm)).head.classifier
    assert type(classifier).__name__ == ('LinearClassifier' if arm is None else 'GraphLinearClassifier')
