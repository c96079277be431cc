"""Folding a constant connection into what reads it, on layers and on toy backbones."""
import copy

import pytest
import torch
import torch.nn as nn

from kssnet_mm.deploy.folding import fold_connections, fold_into
from kssnet_mm.models import LabelGraphBackbone


@pytest.mark.parametrize('layer, shape, axis', [
    (nn.Conv2d(6, 5, 3, stride=2, padding=1, bias=True), (2, 6, 7, 7), 1),
    (nn.Conv2d(6, 5, 1, stride=2, bias=False), (2, 6, 7, 7), 1),
    (nn.Conv3d(6, 5, (3, 1, 1), padding=(1, 0, 0)), (2, 6, 4, 3, 3), 1),
    (nn.Linear(6, 5), (2, 4, 6), 2),
])
def test_folded_equals_connection_then_layer(layer, shape, axis):
    layer = layer.double()
    x, matrix = torch.randn(shape).double(), torch.randn(6, 6).double()
    expected = layer((x.movedim(axis, -1) @ (torch.eye(6).double() + matrix).t()).movedim(-1, axis))
    fold_into(layer, matrix)
    torch.testing.assert_close(layer(x), expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize('layer', [nn.Conv2d(6, 4, 1, groups=2), nn.Conv2d(5, 4, 1), nn.BatchNorm2d(6),
                                   nn.Conv2d(6, 4, 3, padding=1, padding_mode='reflect')])
def test_refuses_what_cannot_fold(layer):
    with pytest.raises(ValueError, match='cannot read a mixture of 6 channels'):
        fold_into(layer, torch.zeros(6, 6))


class Toy(nn.Module):
    """conv1 (the stage), then what ``kind`` says reads its output."""

    def __init__(self, kind):
        super().__init__()
        self.kind, self.conv1, self.conv2 = kind, nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        groups = 8 if 'grouped' in kind else 1
        self.other = nn.ReLU() if kind == 'another module' else nn.Conv2d(8, 8, 1, groups=groups)

    def forward(self, x):
        x = self.conv1(x)
        if self.kind == 'an identity path':
            return x + self.conv2(x)
        if self.kind == 'a function':
            return self.conv2(torch.relu(x))
        if self.kind == 'the output':
            return x, self.conv2(x)
        return self.conv2(x) + self.other(x)


@pytest.mark.parametrize('kind, folds', [
    ('two convolutions', True), ('another module', False), ('a grouped convolution', False),
    ('an identity path', False), ('a function', False), ('the output', False)])
def test_readers_are_found_and_proven_on_the_whole_backbone(kind, folds):
    torch.manual_seed(0)
    left = dict(conv1=dict(channels=8, rank=2))
    model = LabelGraphBackbone(dict(type=Toy, kind=kind), deployed=left).double().eval()
    for parameter in (model.connection('conv1').up, model.connection('conv1').down):
        nn.init.normal_(parameter)
    before, x = copy.deepcopy(model), torch.randn(1, 3, 6, 6).double()
    fold_connections(model)
    assert (model.deployed == {}) == folds == (len(model.laterals) == 0)
    with torch.no_grad():
        for a, b in zip(model(x), before(x)):
            torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-10)
    moved = not torch.equal(model.backbone.conv2.weight, before.backbone.conv2.weight)
    assert moved == folds
