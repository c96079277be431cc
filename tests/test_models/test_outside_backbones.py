"""Backbones of timm and torchvision keep the weights that their package gave them."""
import sys
from types import ModuleType

import pytest
import torch
import torch.nn as nn

from kssnet_mm.registry import MODELS


class TimmNet(nn.Module):
    """As many models of timm, it has an init_weights() that initialises it anew."""

    def __init__(self, pretrained):
        super().__init__()
        self.layer1 = nn.Conv2d(3, 4, 1)
        nn.init.constant_(self.layer1.weight, .5 if pretrained else .25)

    def init_weights(self):
        nn.init.zeros_(self.layer1.weight)

    def forward(self, x):
        return self.layer1(x).mean((2, 3))


@pytest.mark.parametrize('pretrained, weight', [(True, .5), (False, .25)])
def test_weights_of_timm_stay(monkeypatch, pretrained, weight):
    timm = ModuleType('timm')
    timm.create_model = lambda name, num_classes, pretrained: TimmNet(pretrained)
    monkeypatch.setitem(sys.modules, 'timm', timm)
    model = MODELS.build(dict(
        type='LabelGraphBackbone', backbone=dict(type='timm.net', pretrained=pretrained), stages=(),
        gcn=dict(type='LabelGCN', num_classes=5, in_channels=7)))
    model.init_weights()
    assert torch.equal(model.backbone.layer1.weight, torch.full((4, 3, 1, 1), weight))
