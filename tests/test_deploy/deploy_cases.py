"""Models to deploy, with random weights and batch norms that do something."""
from typing import NamedTuple

import torch
import torch.nn as nn
from mmengine.registry import DefaultScope

from kssnet_mm.registry import MODELS

RESNET = dict(type='mmpretrain.ResNet', depth=50)
NARROW = dict(RESNET, base_channels=16, stem_channels=16)
R3D = dict(type='mmaction.ResNet3d', pretrained=None, conv_cfg=dict(type='Conv3d'), norm_eval=False,
           conv1_kernel=(5, 7, 7), conv1_stride_t=2, pool1_stride_t=2, zero_init_residual=False)
INFLATED = dict(R3D, depth=50, base_channels=16, inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)))
LAYERS = ('layer1', 'layer2', 'layer3')
WIDE = (256, 512, 1024)
IMAGE, CLIP, LONG = (2, 3, 64, 64), (1, 3, 8, 32, 32), (1, 3, 16, 64, 64)


class Case(NamedTuple):
    """What is built, and the connections that are left of it."""
    backbone: dict
    stages: tuple
    channels: tuple
    last: int
    shape: tuple
    left: tuple = ()


CASES = dict(
    r18=Case(dict(RESNET, depth=18), LAYERS, (64, 128, 256), 512, IMAGE),
    # of four connections the last has no convolution behind it to be folded into
    r18_four=Case(dict(RESNET, depth=18), (*LAYERS, 'layer4'), (64, 128, 256), 512, IMAGE, ('layer4', )),
    r50=Case(RESNET, LAYERS, WIDE, 2048, IMAGE),
    r50_narrow=Case(NARROW, LAYERS, (64, 128, 256), 512, IMAGE),
    # a stage whose output is returned keeps its connection
    r50_two_outputs=Case(dict(NARROW, out_indices=(1, 3)), LAYERS, (64, 128, 256), 512, IMAGE, ('layer2', )),
    r3d18=Case(dict(R3D, depth=18, base_channels=16, inflate=(1, 1, 1, 1)), LAYERS, (16, 32, 64), 128, CLIP,
               ('layer1', )),
    r3d34=Case(dict(R3D, depth=34, base_channels=16, inflate=(0, 1, 1, 0), with_pool2=False), LAYERS, (16, 32, 64),
               128, CLIP),
    r3d50=Case(INFLATED, LAYERS, (64, 128, 256), 512, CLIP, ('layer1', )),
    r3d50_no_pool2=Case(dict(INFLATED, with_pool2=False), LAYERS, (64, 128, 256), 512, CLIP),
    mobilenet=Case(dict(type='mmpretrain.MobileNetV2'), ('layer2', 'layer4', 'layer6'), (24, 64, 160), 1280, IMAGE),
    # where configs/kssnet_mobilenet-v2_coco-mini.py has them: the second one into the convolution after the blocks
    mobilenet_mini=Case(dict(type='mmpretrain.MobileNetV2'), ('layer5', 'layer7'), (96, 320), 1280, IMAGE),
    # so narrow that layer5 has as many channels as layer4, and its first block an identity path
    mobilenet_identity=Case(dict(type='mmpretrain.MobileNetV2', widen_factor=0.05), ('layer3', 'layer4'), (8, 8),
                            1280, IMAGE, ('layer4', )),
    inception=Case(dict(type='InceptionI3D'), ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f'), (192, 480, 832), 1024, LONG,
                   ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')),
)


def settings(case: str, graph: bool = True, **classifier) -> dict:
    """The config of a case's model, or of its plain backbone."""
    backbone, stages, channels, last, shape, _ = CASES[case]
    video = len(shape) == 5
    if graph:
        backbone = dict(type='LabelGraphBackbone', backbone=backbone, stages=stages,
                        gcn=dict(type='LabelGCN', num_classes=7, in_channels=5, out_channels=(*channels, last)),
                        lateral=dict(type='LateralConnection', zero_init=False))
    kind = 'LabelGraphClassifier' if graph else 'LinearClassifier'
    head = dict(type='KSSNetVideoHead' if video else 'KSSNetHead', num_classes=7, in_channels=last,
                classifier=dict(type=kind, **classifier))
    return (dict(type='Recognizer3D', backbone=backbone, cls_head=head) if video else
            dict(type='ImageClassifier', backbone=backbone, head=head))


NORMS = (nn.BatchNorm2d, nn.BatchNorm3d)


def _randomize(norm: nn.Module, inputs: tuple) -> None:
    x = inputs[0].transpose(0, 1).flatten(1)
    norm.running_mean.copy_(x.mean(1) + 0.3 * x.std(1) * torch.randn(len(x)))
    variance = x.var(1)
    variance += 0.2 * variance.mean()  # a channel that hardly varies would amplify rounding errors
    norm.running_var.copy_(variance * torch.empty(len(x)).uniform_(0.5, 1.5))
    nn.init.uniform_(norm.weight, 0.5, 1.5)
    nn.init.normal_(norm.bias, std=0.2)


def _damp_branch(norm: nn.Module, inputs: tuple) -> None:
    norm.weight.mul_(0.2)
    norm.bias.mul_(0.2)


@torch.no_grad()
def randomize(model: nn.Module, shape: tuple) -> None:
    """Random affine parts, and as statistics those of random input, moved off by up to a half.

    Each norm is set when the input reaches it, and residual branches are weaker than what they are added to:
    features keep the scale that they have in a trained network, and rounding errors do not grow from block to
    block as they do in a random one.
    """
    model.eval()
    hooks = [m.register_forward_pre_hook(_randomize) for m in model.modules() if isinstance(m, NORMS)]
    for block in model.modules():
        if hasattr(block, 'downsample') or getattr(block, 'use_res_connect', False):
            inner = [m for name, m in block.named_modules() if isinstance(m, NORMS) and 'downsample' not in name]
            hooks.append(inner[-1].register_forward_pre_hook(_damp_branch))
    model.backbone(torch.randn(16, *shape[1:]))
    for hook in hooks:
        hook.remove()


def build(case: str, graph: bool = True, **classifier) -> nn.Module:
    """A case's model."""
    shape = CASES[case].shape
    with DefaultScope.overwrite_default_scope('mmaction' if len(shape) == 5 else 'mmpretrain'):
        model = MODELS.build(settings(case, graph, **classifier))
    if graph:
        model.backbone.gcn.adjacency.uniform_(0, 0.3)
        model.backbone.gcn.label_keys.random_()
        with torch.no_grad():
            model.backbone.gcn.layers[-1].weight *= 0.2 / model.backbone.gcn()[-1].std()  # logits of 1 to 10
            # connections as strong as the path that they are added to
            for connection, embedding in zip(model.backbone.laterals.values(), model.backbone.gcn()):
                connection.weight /= torch.linalg.matrix_norm(connection.matrix(embedding), 2)
    randomize(model, shape)
    return model
