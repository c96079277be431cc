"""Small networks that the tests of the label graph backbone share."""
import torch
from mmengine.runner.activation_checkpointing import turn_on_activation_checkpointing

from kssnet_mm.registry import MODELS

N = 5
RESNET = dict(type='mmpretrain.ResNet', depth=18)
RESNET3D = dict(type='mmaction.ResNet3d', depth=18, pretrained=None, conv1_kernel=(3, 7, 7),
                inflate=((1, 0), (1, 0), (0, 1), (1, 0)))
NO_POOL2 = dict(RESNET3D, with_pool2=False)
R18 = (64, 128, 256, 512)
THREE, FOUR = ('layer1', 'layer2', 'layer3'), ('layer1', 'layer2', 'layer3', 'layer4')
IMAGE, VIDEO = (2, 3, 64, 64), (2, 3, 8, 32, 32)


def build(backbone, channels=R18, stages=THREE, **lateral_cfg):
    model = MODELS.build(dict(
        type='LabelGraphBackbone', backbone=backbone, stages=stages,
        gcn=dict(type='LabelGCN', num_classes=N, in_channels=7, **(dict(out_channels=channels) if channels else {})),
        lateral=dict(dict(type='LateralConnection', zero_init=False), **lateral_cfg)))
    model.init_weights()
    torch.nn.init.uniform_(model.gcn.adjacency)
    for module in model.modules():  # batch norms that do something
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    return model


def checkpoint_blocks(model):
    turn_on_activation_checkpointing(model, [f'backbone.layer{k}.0' for k in (1, 2, 3, 4)])
