"""The networks that the speed benchmarks compare: plain, KSSNet as published, and ours."""
import argparse
import copy
from typing import Dict, Optional

import torch
import torch.nn as nn
import torch.nn.functional as F
from mmengine.registry import DefaultScope
from nets import Net

from kssnet_mm.models import LateralConnection
from kssnet_mm.models.same_padding import SameMaxPool3d, pad, same_pads
from kssnet_mm.registry import MODELS


def build(net: Net, lateral: Optional[str]) -> nn.Module:
    """KSSNet with random weights and connections of this type; without one the plain backbone with a linear head."""
    video = len(net.shape) == 4
    backbone, classifier = net.backbone, dict(type='LinearClassifier')
    if lateral:
        gcn = dict(type='LabelGCN', num_classes=net.classes, in_channels=300, weight_init='uniform')
        backbone = dict(type='LabelGraphBackbone', backbone=backbone, stages=net.stages, gcn=gcn,
                        lateral=dict(type=lateral, zero_init=False))
        classifier = dict(type='LabelGraphClassifier')
    head = dict(type='KSSNetVideoHead' if video else 'KSSNetHead', num_classes=net.classes,
                in_channels=net.channels, classifier=classifier)
    with DefaultScope.overwrite_default_scope('mmaction' if video else 'mmpretrain'):
        return MODELS.build(dict(type='Recognizer3D', backbone=backbone, cls_head=head) if video else
                            dict(type='ImageClassifier', backbone=backbone, head=head))


def build_sides(net: Net, args: argparse.Namespace) -> Dict[str, nn.Module]:
    """'plain', 'published' and 'ours', the last two with the same weights.

    On a CPU also 'stock', the plain one with torch's pools, where it has ours.
    """
    plain, published, ours = (build(net, lateral) for lateral in (None, 'PublishedConnection', 'LateralConnection'))
    published.load_state_dict(ours.state_dict())
    stock = with_torch_pools(plain) if torch.device(args.device).type == 'cpu' else None
    return {name: model for name, model in dict(plain=plain, stock=stock, published=published, ours=ours).items()
            if model is not None}


@MODELS.register_module()
class PublishedConnection(LateralConnection):
    """The lateral connection as it was published.

    It moves the channels to the end, multiplies by the embeddings, and moves the result back (two copies). A
    convolution of kernel 1 and the sum follow.
    """

    def forward(self, x: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
        """x (B, C, [T,] H, W), embedding (N, C) -> the shape of x."""
        similarity = torch.matmul(x.movedim(1, -1).contiguous(), torch.tanh(embedding).transpose(0, 1))
        convolve = F.conv2d if x.dim() == 4 else F.conv3d
        weight = self.weight[(..., ) + (None, ) * (x.dim() - 2)]
        return x + convolve(similarity.movedim(-1, 1).contiguous(), weight)


class PaddedPool(SameMaxPool3d):
    """Our pool by torch's functions alone: zeros around, then torch's loop, as pytorch-i3d does it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, C, T, H, W) -> (B, C, ceil(T/s), ceil(H/s), ceil(W/s))."""
        return F.max_pool3d(pad(x, same_pads(x.shape[2:], self.kernel, self.stride)), self.kernel, self.stride)


def with_torch_pools(model: nn.Module) -> Optional[nn.Module]:
    """A copy whose pools are torch's; None where none are ours."""
    model = copy.deepcopy(model)
    pools = {name: module for name, module in model.named_modules() if isinstance(module, SameMaxPool3d)}
    for name, pool in pools.items():
        parent, _, child = name.rpartition('.')
        setattr(model.get_submodule(parent), child, PaddedPool(pool.kernel, pool.stride))
    return model if pools else None
