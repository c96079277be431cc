import copy

import pytest
import torch
import torch.nn as nn
from deploy_cases import CASES, NORMS, build

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.models.fuse_norm import fuse_conv_bn
from kssnet_mm.registry import MODELS


def count(model, kind):
    return sum(isinstance(module, kind) for module in model.modules())


@pytest.mark.parametrize('case', ['r18', 'r50', 'mobilenet', 'inception', 'r3d50', 'r3d34'])
def test_deployed_without_norms_equals_trained(case):
    model, x = build(case), torch.randn(CASES[case].shape)
    fused = switch_to_deploy(copy.deepcopy(model).double(), fuse_norm=True)
    assert count(model, NORMS) > 10 and count(fused, NORMS) == 0
    with torch.no_grad():
        single = logits(model, x), logits(copy.deepcopy(fused).float(), x)
        double = logits(model.double(), x.double()), logits(fused, x.double())
    scale = double[0].abs().max()
    assert 0.5 < scale < 50 and (double[1] - double[0]).abs().max() <= 1e-10 * scale
    assert (single[1] - single[0]).abs().max() <= 1e-4
    # the settings alone tell its form
    backbone = MODELS.build(dict(type='LabelGraphBackbone', backbone=CASES[case].backbone, fuse_norm=True,
                                 deployed=fused.backbone.deployed))
    backbone.double().load_state_dict(fused.backbone.state_dict())
    with torch.no_grad():
        for a, b in zip(backbone.eval()(x.double()), fused.backbone(x.double())):
            torch.testing.assert_close(a, b)


def test_number_of_norms():
    model = build('r18', graph=False)
    norms = count(model, nn.BatchNorm2d)
    assert fuse_conv_bn(model) == norms == 20 and count(model, nn.BatchNorm2d) == 0


def test_training_needs_the_norms():
    with pytest.raises(ValueError, match='fuse_norm=True is for deployed models'):
        MODELS.build(dict(type='LabelGraphBackbone', backbone=CASES['r18'].backbone, stages=(), fuse_norm=True,
                          gcn=dict(type='LabelGCN', num_classes=7, in_channels=5, out_channels=(512, ))))
