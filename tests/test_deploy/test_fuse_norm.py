import pytest
import torch.nn as nn
from deploy_cases import CASES, build

from kssnet_mm.models.fuse_norm import fuse_conv_bn
from kssnet_mm.registry import MODELS


def norms(model):
    return sum(isinstance(module, nn.BatchNorm2d) for module in model.modules())


def test_number_of_norms():
    model = build('r18', graph=False)
    assert norms(model) == 20 and fuse_conv_bn(model) == 20 and norms(model) == 0


def test_training_needs_the_norms():
    with pytest.raises(ValueError, match='fuse_norm=True is for deployed models'):
        MODELS.build(dict(type='LabelGraphBackbone', backbone=CASES['r18'].backbone, stages=(), fuse_norm=True,
                          gcn=dict(type='LabelGCN', num_classes=7, in_channels=5, out_channels=(512, ))))
