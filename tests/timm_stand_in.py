"""A package timm with one network, which has an init_weights() that initialises it anew, as many models of timm do."""
import sys
from types import ModuleType

import torch.nn as nn


class TimmNet(nn.Module):
    """A 1 x 1 convolution of three channels to four; its weights are 0.5 if pretrained, and 0.25 otherwise."""

    def __init__(self, pretrained):
        super().__init__()
        self.layer1 = nn.Conv2d(3, 4, 1, bias=False)
        nn.init.constant_(self.layer1.weight, .5 if pretrained else .25)

    def init_weights(self):
        nn.init.zeros_(self.layer1.weight)

    def forward(self, x):
        return self.layer1(x).mean((2, 3))


def put_into_place_of_timm(monkeypatch):
    timm = ModuleType('timm')
    timm.create_model = lambda name, num_classes, pretrained: TimmNet(pretrained)
    monkeypatch.setitem(sys.modules, 'timm', timm)
