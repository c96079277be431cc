"""Names of the networks that the speed benchmarks compare, and what to build for each.

This module imports no framework: the arguments of the benchmarks need the names.
"""
from typing import Dict, NamedTuple, Tuple


class Net(NamedTuple):
    """A backbone, the modules with connections, its last channels, and the size of an input without batch."""
    backbone: dict
    stages: Tuple[str, ...]
    channels: int
    classes: int
    shape: Tuple[int, ...]


RESNET, I3D = dict(type='mmpretrain.ResNet'), dict(type='InceptionI3D')
R3D = dict(type='mmaction.ResNet3d', pretrained=None, depth=50, conv_cfg=dict(type='Conv3d'), norm_eval=False,
           conv1_kernel=(5, 7, 7), conv1_stride_t=2, pool1_stride_t=2, zero_init_residual=False,
           inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)))
LAYERS = ('layer1', 'layer2', 'layer3')
I3D_STAGES = ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')
I3D_POOLS = ('MaxPool3d_3a_3x3', 'MaxPool3d_4a_3x3', 'MaxPool3d_5a_2x2')
NETS: Dict[str, Net] = {
    'resnet18': Net(dict(RESNET, depth=18), LAYERS, 512, 80, (3, 448, 448)),
    'resnet50': Net(dict(RESNET, depth=50), LAYERS, 2048, 80, (3, 448, 448)),
    'resnet101': Net(dict(RESNET, depth=101), LAYERS, 2048, 80, (3, 448, 448)),
    'mobilenetv2': Net(dict(type='mmpretrain.MobileNetV2'), ('layer2', 'layer4', 'layer6'), 1280, 80, (3, 224, 224)),
    'i3d': Net(I3D, I3D_STAGES, 1024, 157, (3, 16, 224, 224)),
    'i3d-64': Net(I3D, I3D_STAGES, 1024, 157, (3, 64, 224, 224)),
    'i3d-after-pool': Net(I3D, I3D_POOLS, 1024, 157, (3, 16, 224, 224)),
    'i3d-r50': Net(R3D, LAYERS, 2048, 157, (3, 32, 224, 224)),
}
