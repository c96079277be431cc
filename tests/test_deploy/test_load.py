import copy
import json

import pytest
import torch
from deploy_cases import build, settings
from mmengine.config import Config
from mmengine.registry import MODELS

from kssnet_mm.converters import save_state_dict
from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.load import load_for_export, remember_labels
from kssnet_mm.models.label_gcn import label_keys

CLASSES = [f'label {i}' for i in range(7)]
META = dict(dataset_meta=dict(classes=CLASSES))


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    """(config, checkpoint, model)."""
    torch.manual_seed(0)
    model, path = build('r50_narrow'), str(tmp_path_factory.mktemp('trained') / 'model.pth')
    save_state_dict(model.state_dict(), path, **META)
    pipeline = [dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.Resize', scale=(64, 32)),
                dict(type='mmpretrain.PackInputs')]
    return Config(dict(default_scope='mmpretrain', model=settings('r50_narrow'),
                       test_dataloader=dict(dataset=dict(pipeline=pipeline)))), path, model


def test_exports_get_a_deployed_model_and_what_describes_it(trained):
    cfg, path, model = trained
    exported, shape, classes, described = load_for_export(cfg, path)
    assert exported.backbone.gcn is None and not exported.training
    assert shape == (3, 32, 64) and classes == CLASSES and described['resize'] == [64, 32]
    x = torch.randn(2, *shape)
    with torch.no_grad():
        assert (logits(exported, x) - logits(model, x)).abs().max() < 1e-4
    assert load_for_export(cfg, path, [3, 96, 96])[1] == (3, 96, 96)


def test_names_may_be_given(trained, tmp_path):
    cfg, path, model = trained
    bare = str(tmp_path / 'bare.pth')
    save_state_dict(model.state_dict(), bare)
    with pytest.raises(ValueError, match='holds no class names .* by --classes FILE'):
        load_for_export(cfg, bare)
    names = [f'name {i}' for i in range(7)]
    assert load_for_export(cfg, bare, names=names)[2] == names
    assert load_for_export(cfg, path, names=names)[2] == names  # a translation
    with pytest.raises(ValueError, match='there are 6 class names, but the model has 7 classes'):
        load_for_export(cfg, bare, names=names[:6])
    with pytest.raises(ValueError, match="0 is 'label 6' in the list"):
        load_for_export(cfg, path, names=CLASSES[::-1])


def test_a_head_without_a_threshold_is_named(trained, tmp_path):
    cfg, path = copy.deepcopy(trained[0]), str(tmp_path / 'stock.pth')
    cfg.model = dict(type='ImageClassifier', backbone=dict(type='LeNet5'),
                     head=dict(type='LinearClsHead', num_classes=7, in_channels=120))
    save_state_dict(MODELS.build(cfg.model).state_dict(), path, **META)
    with pytest.raises(ValueError, match='the head LinearClsHead has no decision threshold'):
        load_for_export(cfg, path)


def test_thresholds_go_by_the_names_of_their_classes(trained, tmp_path):
    cfg, path, _ = trained
    cfg, file = copy.deepcopy(cfg), tmp_path / 'thresholds.json'
    cfg.model.head.thr = str(file)
    table = {name: 0.1 + 0.1 * i for i, name in enumerate(CLASSES)}
    file.write_text(json.dumps(dict(reversed(table.items()))))
    model = load_for_export(cfg, path)[0]
    assert model.head.thr.tolist() == pytest.approx(list(table.values()))
    file.write_text(json.dumps({f'other {i}': 0.5 for i in range(7)}))
    with pytest.raises(ValueError, match='other 0'):
        load_for_export(cfg, path)
    cfg.model.head.update(thr=None, topk=3)
    with pytest.raises(ValueError, match='the head has topk=3, which an export cannot carry: set thr'):
        load_for_export(cfg, path)


def test_labels_are_remembered_where_the_graph_has_none():
    model = build('r50_narrow')
    model.backbone.gcn.label_keys.zero_()
    deployed = switch_to_deploy(model)
    keys = deployed.head.classifier.label_keys
    for meta in ({}, dict(dataset_meta=None), dict(dataset_meta=dict(classes=CLASSES[:6]))):
        remember_labels(deployed, meta)
        assert not keys.any()
    remember_labels(deployed, META)
    assert torch.equal(keys, label_keys(CLASSES))
    remember_labels(deployed, dict(dataset_meta=dict(classes=CLASSES[::-1])))  # what is known stays
    assert torch.equal(keys, label_keys(CLASSES))
