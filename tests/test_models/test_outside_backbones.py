"""Backbones of timm and torchvision keep the weights that their package gave them."""
import pytest
import torch
from timm_stand_in import put_into_place_of_timm

from kssnet_mm.registry import MODELS


@pytest.mark.parametrize('pretrained, weight', [(True, .5), (False, .25)])
def test_weights_of_timm_stay(monkeypatch, pretrained, weight):
    put_into_place_of_timm(monkeypatch)
    model = MODELS.build(dict(
        type='LabelGraphBackbone', backbone=dict(type='timm.net', pretrained=pretrained), stages=(),
        gcn=dict(type='LabelGCN', num_classes=5, in_channels=7)))
    model.init_weights()
    assert torch.equal(model.backbone.layer1.weight, torch.full((4, 3, 1, 1), weight))
