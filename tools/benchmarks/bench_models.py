"""The networks that the speed benchmarks compare, and the published lateral connection as a rival."""
import copy
from typing import Dict, Optional, Tuple

import torch
import torch.nn as nn
import torch.nn.functional as F

from kssnet_mm.models.backbones.same_padding import SameMaxPool3d, pad, same_pads
from kssnet_mm.registry import MODELS

# The plain network with torch's pools, as other I3Ds have them, beside the one with ours.
STOCK = 'stock'

R3D = dict(type='mmaction.ResNet3d', pretrained=None, depth=50, conv_cfg=dict(type='Conv3d'), norm_eval=False,
           conv1_kernel=(5, 7, 7), conv1_stride_t=2, pool1_stride_t=2, zero_init_residual=False,
           inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)))
LAYERS = ('layer1', 'layer2', 'layer3')
# backbone, stages, GCN channels, classes, input without batch
NETS: Dict[str, Tuple] = {
    'resnet18': (dict(type='mmpretrain.ResNet', depth=18), LAYERS, (64, 128, 256, 512), 80, (3, 448, 448)),
    'resnet50': (dict(type='mmpretrain.ResNet', depth=50), LAYERS, (256, 512, 1024, 2048), 80, (3, 448, 448)),
    'resnet101': (dict(type='mmpretrain.ResNet', depth=101), LAYERS, (256, 512, 1024, 2048), 80, (3, 448, 448)),
    'mobilenetv2': (dict(type='mmpretrain.MobileNetV2'), ('layer2', 'layer4', 'layer6'), (24, 64, 160, 1280),
                    80, (3, 224, 224)),
    'i3d': (dict(type='InceptionI3D'), ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f'), (192, 480, 832, 1024), 157,
            (3, 16, 224, 224)),
    'i3d-64': (dict(type='InceptionI3D'), ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f'), (192, 480, 832, 1024), 157,
               (3, 64, 224, 224)),
    'i3d-after-pool': (dict(type='InceptionI3D'), ('MaxPool3d_3a_3x3', 'MaxPool3d_4a_3x3', 'MaxPool3d_5a_2x2'),
                       (192, 480, 832, 1024), 157, (3, 16, 224, 224)),
    'i3d-r50': (R3D, LAYERS, (256, 512, 1024, 2048), 157, (3, 32, 224, 224)),
}


def scope_of(shape) -> str:
    """mmaction for clips, mmpretrain for images."""
    return 'mmaction' if len(shape) == 4 else 'mmpretrain'


def build(net: str, graph: bool, fold: bool = True) -> nn.Module:
    """KSSNet with random weights, or its plain backbone with a linear classifier."""
    backbone, stages, channels, classes, shape = NETS[net]
    video = scope_of(shape) == 'mmaction'
    if graph:
        backbone = dict(type='LabelGraphBackbone', backbone=backbone, stages=stages, fold=fold,
                        gcn=dict(type='LabelGCN', num_classes=classes, in_channels=300, out_channels=channels,
                                 weight_init='uniform'),
                        lateral=dict(type='LateralConnection', zero_init=False))
    classifier = dict(type='LabelGraphClassifier' if graph else 'LinearClassifier')
    head = dict(type='KSSNetVideoHead' if video else 'KSSNetHead', num_classes=classes,
                in_channels=channels[-1], classifier=classifier)
    return MODELS.build(dict(type='Recognizer3D', backbone=backbone, cls_head=head) if video else
                        dict(type='ImageClassifier', backbone=backbone, head=head))


class PublishedConnection(nn.Module):
    """The lateral connection as it was published: channels moved to the end, a matrix product with the
    embeddings, moved back (two copies), then a 1x1 convolution and the sum."""

    def __init__(self, weight: torch.Tensor, dims: int) -> None:
        super().__init__()
        conv = nn.Conv2d if dims == 2 else nn.Conv3d
        self.conv = conv(weight.shape[1], weight.shape[0], 1, bias=False)
        self.conv.weight.data.copy_(weight.detach().reshape(self.conv.weight.shape))

    def forward(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        moved = x.permute(0, *range(2, x.dim()), 1).contiguous()
        similarity = torch.matmul(moved, torch.tanh(embedding).transpose(0, 1))
        back = similarity.permute(0, x.dim() - 1, *range(1, x.dim() - 1)).contiguous()
        return x + self.conv(back)


def publish(model: nn.Module) -> nn.Module:
    """Replace our connections by the published form, with the same weights, in place."""
    backbone = model.backbone
    backbone.folded = {}
    first = next(m for m in backbone.modules() if isinstance(m, (nn.Conv2d, nn.Conv3d)))
    for name, lateral in list(backbone.laterals.items()):
        backbone.laterals[name] = PublishedConnection(lateral.weight, 2 if isinstance(first, nn.Conv2d) else 3)
    return model


def padded_pool(x: torch.Tensor, kernel, stride) -> torch.Tensor:
    """Zeros around, then torch's loop, as pytorch-i3d does it."""
    return F.max_pool3d(pad(x, same_pads(x.shape[2:], kernel, stride)), kernel, stride)


class PaddedPool(SameMaxPool3d):
    """Our pool by torch's functions alone."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return padded_pool(x, self.kernel, self.stride)


def with_torch_pools(model: nn.Module) -> Optional[nn.Module]:
    """A copy whose pools are torch's; None where none are ours."""
    model = copy.deepcopy(model)
    pools = {name: module for name, module in model.named_modules() if isinstance(module, SameMaxPool3d)}
    for name, pool in pools.items():
        parent, _, child = name.rpartition('.')
        setattr(model.get_submodule(parent), child, PaddedPool(pool.kernel, pool.stride))
    return model if pools else None
