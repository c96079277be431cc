"""Stock checkpoints of backbones beyond the ResNets, and those that have none."""
import copy

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.configs import deployed_config, several_views, stock_config
from kssnet_mm.models.backbone_table import BACKBONES
from kssnet_mm.registry import MODELS

N = 5
RECOGNIZERS = {'mmaction ResNet': 'Recognizer2D', 'VGG': 'ImageClassifier', 'HRNet': 'ImageClassifier',
               'ResNetV1d': 'ImageClassifier', 'torchvision.resnet18': 'Recognizer2D',
               'SlowFast, fast pathway': 'Recognizer3D'}
PACK = [dict(type='PackActionInputs')]


def deployed(name):
    """(its config, a deployed model with random connections, in float64)."""
    torch.manual_seed(0)
    row = BACKBONES[name]
    backbone = dict(type='LabelGraphBackbone', backbone=copy.deepcopy(row.config), stages=row.stages,
                    pathways=row.pathways, gcn=dict(type='LabelGCN', num_classes=N, in_channels=7),
                    lateral=dict(type='LateralConnection', zero_init=False))
    key = 'head' if row.scope == 'mmpretrain' else 'cls_head'
    head = dict(type='KSSNetHead' if key == 'head' else 'KSSNetVideoHead', num_classes=N, in_channels=row.channels[-1],
                classifier=dict(type='LabelGraphClassifier', pathways=row.pathways))
    pack = 'PackInputs' if key == 'head' else 'PackActionInputs'
    cfg = Config(dict(model=dict({'type': RECOGNIZERS[name], 'backbone': backbone, key: head}),
                      test_dataloader=dict(dataset=dict(pipeline=[dict(type=pack)]))))
    with DefaultScope.overwrite_default_scope(row.scope):
        return cfg, switch_to_deploy(MODELS.build(copy.deepcopy(cfg.model)).double())


def outputs(model, video):
    x = torch.randn(2, *([2] if video else []), 3, 64, 64, generator=torch.Generator().manual_seed(1)).double()
    with torch.no_grad():
        if not video:
            return model.eval().head(model.extract_feat(x))
        return model.eval().extract_feat(x, stage='head')[0]


@pytest.mark.parametrize('name', ['mmaction ResNet', 'VGG', 'HRNet'])
def test_the_stock_packages_give_the_same_logits(name):
    cfg, model = deployed(name)
    stock, state = stock_config(cfg, model)
    with DefaultScope.overwrite_default_scope(stock.default_scope):
        plain = MODELS.build(stock.model).double()
    plain.load_state_dict(state)
    video = 'cls_head' in stock.model
    torch.testing.assert_close(outputs(plain, video), outputs(model, video), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize('name, message', [
    ('ResNetV1d', 'the connections after layer1, layer2, layer3 cannot be folded'),
    ('torchvision.resnet18', 'torchvision.resnet18 is not one of mmpretrain or mmaction2'),
    ('SlowFast, fast pathway', 'no head that averages tokens, or that joins pathways'),
])
def test_what_has_no_stock_form_says_so(name, message):
    with pytest.raises(ValueError, match=message):
        stock_config(*deployed(name))


def test_a_deployed_torchvision_backbone_keeps_its_wrapper():
    """mmpretrain's classifier could not build it by itself."""
    cfg, model = deployed('torchvision.resnet18')
    new, state = deployed_config(cfg, model)
    assert new.model.backbone == dict(type='LabelGraphBackbone', backbone=dict(type='torchvision.resnet18'), deployed={})
    rebuilt = MODELS.build(new.model.backbone).double()
    prefix = 'backbone.'
    rebuilt.load_state_dict({k[len(prefix):]: v for k, v in state.items() if k.startswith(prefix)})
    x = torch.randn(1, 3, 64, 64).double()
    with torch.no_grad():
        torch.testing.assert_close(rebuilt.eval()(x)[0], model.backbone(x)[0])


@pytest.mark.parametrize('head, steps, message', [
    (dict(average_clips='max'), [dict(type='TenCrop')], "average_clips='max'"),
    (dict(), [dict(type='mmaction.ThreeCrop')], "average_clips='prob'"),
    (dict(average_clips='score'), [dict(type='mmaction.ThreeCrop')], None),
    (dict(average_clips='max'), [dict(type='SampleFrames', num_clips=1)], None),
    (dict(thr=.3), PACK, 'no decision threshold'), (dict(thr=[.3] * N), PACK, 'no decision threshold'),
    (dict(topk=2), PACK, 'no decision threshold')])
def test_a_video_head_that_would_decide_otherwise_is_refused(head, steps, message):
    cfg, model = deployed('mmaction ResNet')
    cfg.model.cls_head.update(head)
    cfg.test_dataloader.dataset.pipeline = steps
    with DefaultScope.overwrite_default_scope('mmaction'):
        model.cls_head = MODELS.build(dict(cfg.model.cls_head, classifier=dict(type='LinearClassifier'))).double()
    if message is None:
        stock_config(cfg, model)
        return
    with pytest.raises(ValueError, match=message):
        stock_config(cfg, model)


@pytest.mark.parametrize('thr', [.3, [.3] * N])
def test_the_threshold_of_an_image_head_is_kept(thr):
    cfg, model = deployed('HRNet')
    cfg.model.head.thr = thr
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        model.head = MODELS.build(dict(cfg.model.head, classifier=dict(type='LinearClassifier'))).double()
    if thr == .3:
        assert stock_config(cfg, model)[0].model.head.thr == .3
        return
    with pytest.raises(ValueError, match='the stock head has one decision threshold for all classes'):
        stock_config(cfg, model)


@pytest.mark.parametrize('steps, frames_alone, several', [
    ([dict(type='mmaction.SampleFrames', clip_len=8, num_clips=10)], False, True),
    ([dict(type='mmaction.SampleFrames', clip_len=8, num_clips=1)], False, False),
    ([dict(type='SampleFrames', clip_len=1, num_clips=8)], True, False),  # segments
    ([dict(type='SampleFrames', clip_len=1, num_clips=8), dict(type='SegmentsToClip')], False, False),
    ([dict(type='SampleFrames', clip_len=1, num_clips=8), dict(type='SegmentsToClip'), dict(type='ThreeCrop')], False, True),
])
def test_which_pipelines_give_several_views(steps, frames_alone, several):
    assert several_views(steps, frames_alone) == several


def test_a_config_without_a_test_pipeline_has_no_stock_form():
    cfg, model = deployed('mmaction ResNet')
    cfg.pop('test_dataloader')
    with pytest.raises(ValueError, match='the config has no test pipeline'):
        stock_config(cfg, model)
