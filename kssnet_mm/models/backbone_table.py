"""Backbones on which lateral connections were tried, and modules that make sense as their stages.

Other backbones work in the same way, by the names of their modules. ``docs/backbones.md`` is written from this
table by ``python tools/analysis_tools/list_backbones.py``, and tests build each of them.
"""
from typing import Dict, NamedTuple, Tuple

LAYERS = ('layer1', 'layer2', 'layer3')
R50 = (256, 512, 1024, 2048)


class Backbone(NamedTuple):
    """One row of the table.

    Attributes:
        config: Config of the backbone.
        stages: ``LabelGraphBackbone.stages``.
        channels: Channels of the stages, and at last those of the backbone's output.
        folded: The stages whose connection is folded into weights when the model is deployed; the others stay as
            constant connections.
        scope: The package of the classifier or recognizer that takes the backbone.
        pathways: ``LabelGraphBackbone.pathways``.
    """
    config: dict
    stages: Tuple[str, ...]
    channels: Tuple[int, ...]
    folded: Tuple[str, ...] = ()
    scope: str = 'mmpretrain'
    pathways: int = 1


def _image(type_: str, stages: Tuple[str, ...], channels: Tuple[int, ...], folded: Tuple[str, ...] = (),
           **settings) -> Backbone:
    return Backbone(dict(type=f'mmpretrain.{type_}', **settings), stages, channels, folded)


def _video(type_: str, stages: Tuple[str, ...], channels: Tuple[int, ...], folded: Tuple[str, ...] = (),
           pathways: int = 1, **settings) -> Backbone:
    return Backbone(dict(type=f'mmaction.{type_}', **settings), stages, channels, folded, 'mmaction', pathways)


def _r3d(type_: str = 'ResNet3d', folded: Tuple[str, ...] = LAYERS, **settings) -> Backbone:
    return _video(type_, LAYERS, R50, folded, **dict(dict(depth=50, pretrained=None, norm_eval=False), **settings))


_SLOW = dict(type='resnet3d', depth=50, pretrained=None, lateral=True, conv1_kernel=(1, 7, 7), dilations=(1, 1, 1, 1),
             conv1_stride_t=1, pool1_stride_t=1, inflate=(0, 0, 1, 1), norm_eval=False)
_FAST = dict(_SLOW, lateral=False, base_channels=8, conv1_kernel=(5, 7, 7), inflate=(1, 1, 1, 1))
_SLOWFAST = dict(pretrained=None, resample_rate=8, speed_ratio=8, channel_ratio=8, slow_pathway=_SLOW,
                 fast_pathway=_FAST)

BACKBONES: Dict[str, Backbone] = {
    'ResNet': _image('ResNet', LAYERS, R50, LAYERS, depth=50),
    'ResNetV1c': _image('ResNetV1c', LAYERS, R50, LAYERS, depth=50),
    'ResNetV1d': _image('ResNetV1d', LAYERS, R50, (), depth=50),
    'ResNeXt': _image('ResNeXt', LAYERS, R50, LAYERS, depth=50),
    'SEResNet': _image('SEResNet', LAYERS, R50, LAYERS, depth=50),
    'ResNeSt': _image('ResNeSt', LAYERS, R50, (), depth=50),
    'Res2Net': _image('Res2Net', LAYERS, R50, (), depth=50, scales=4, base_width=26),
    'RegNet': _image('RegNet', LAYERS, (72, 168, 408, 912), LAYERS, arch='regnetx_1.6gf'),
    'ResNet_CIFAR': _image('ResNet_CIFAR', LAYERS, (64, 128, 256, 512), LAYERS, depth=18),
    'DenseNet': _image('DenseNet', ('transitions.0', 'transitions.1', 'transitions.2'), (128, 256, 512, 1024), (),
                       arch='121'),
    'VGG': _image('VGG', ('features.5', 'features.9', 'features.13'), (128, 256, 512, 512),
                  ('features.5', 'features.9', 'features.13'), depth=16, norm_cfg=dict(type='BN')),
    'MobileNetV2': _image('MobileNetV2', ('layer3', 'layer5', 'layer7'), (32, 96, 320, 1280),
                          ('layer3', 'layer5', 'layer7')),
    'MobileNetV3': _image('MobileNetV3', ('layer3', 'layer6', 'layer12'), (24, 40, 112, 960),
                          ('layer3', 'layer6', 'layer12'), arch='large'),
    'EfficientNet': _image('EfficientNet', ('layers.3', 'layers.4', 'layers.5'), (40, 112, 320, 1280),
                           ('layers.3', 'layers.4', 'layers.5'), arch='b0'),
    'ConvNeXt': _image('ConvNeXt', ('stages.0', 'stages.1', 'stages.2'), (96, 192, 384, 768), (), arch='tiny'),
    'SwinTransformer': _image('SwinTransformer', ('stages.0', 'stages.1', 'stages.2'), (96, 192, 384, 768), (),
                              arch='tiny'),
    'SwinTransformerV2': _image('SwinTransformerV2', ('stages.0', 'stages.1', 'stages.2'), (96, 192, 384, 768), (),
                                arch='tiny', window_size=[8, 8, 8, 8]),
    'VisionTransformer': _image('VisionTransformer', ('layers.2', 'layers.5', 'layers.8'), (768, 768, 768, 768), (),
                                arch='base'),
    'HRNet': _image('HRNet', ('layer1', ), (256, 144), ('layer1', ), arch='w18'),
    'TIMMBackbone': _image('TIMMBackbone', ('timm_model.layer1', 'timm_model.layer2', 'timm_model.layer3'),
                           (64, 128, 256, 512), ('timm_model.layer1', 'timm_model.layer2', 'timm_model.layer3'),
                           model_name='resnet18'),
    'mmaction ResNet': _video('ResNet', LAYERS, R50, LAYERS, depth=50, norm_eval=False),
    'ResNetTSM': _video('ResNetTSM', LAYERS, R50, (), depth=50, norm_eval=False),
    'ResNet3d': _r3d(folded=('layer2', 'layer3')),
    'ResNet3dSlowOnly': _r3d('ResNet3dSlowOnly', lateral=False, conv1_kernel=(1, 7, 7), conv1_stride_t=1,
                             pool1_stride_t=1, inflate=(0, 0, 1, 1)),
    'ResNet3dCSN': _r3d('ResNet3dCSN', pretrained2d=False, with_pool2=False, bottleneck_mode='ir'),
    'ResNet2Plus1d': _video('ResNet2Plus1d', LAYERS, (64, 128, 256, 512), LAYERS, depth=34, pretrained=None,
                            pretrained2d=False, norm_eval=False, conv_cfg=dict(type='Conv2plus1d'),
                            norm_cfg=dict(type='BN3d'), conv1_kernel=(3, 7, 7), conv1_stride_t=1, pool1_stride_t=1,
                            inflate=(1, 1, 1, 1), zero_init_residual=False),
    'C3D': _video('C3D', ('conv2a', 'conv3b', 'conv4b'), (128, 256, 512, 4096)),
    'X3D': _video('X3D', LAYERS, (24, 48, 96, 432), LAYERS, gamma_w=1, gamma_b=2.25, gamma_d=2.2),
    'SlowFast, slow pathway': _video('ResNet3dSlowFast', tuple(f'slow_path.{name}' for name in LAYERS),
                                     (256, 512, 1024, 2304), (), 2, **_SLOWFAST),
    'SlowFast, fast pathway': _video('ResNet3dSlowFast', tuple(f'fast_path.{name}' for name in LAYERS),
                                     (32, 64, 128, 2304), tuple(f'fast_path.{name}' for name in LAYERS), 2,
                                      **_SLOWFAST),
    'SlowFast, both pathways': _video('ResNet3dSlowFast', ('slow_path.layer2', 'fast_path.layer2', 'slow_path.layer3',
                                                           'fast_path.layer3'), (512, 64, 1024, 128, 2304),
                                      ('fast_path.layer2', 'fast_path.layer3'), 2, **_SLOWFAST),
    'MViT': _video('MViT', ('blocks.0', 'blocks.2', 'blocks.13'), (96, 192, 384, 768), (), arch='small'),
    'SwinTransformer3D': _video('SwinTransformer3D', ('layers.0', 'layers.1', 'layers.2'), (96, 192, 384, 768), (),
                                arch='tiny', pretrained=None, pretrained2d=False),
    'torchvision.resnet18': Backbone(dict(type='torchvision.resnet18'), LAYERS, (64, 128, 256, 512), LAYERS,
                                     'mmaction'),
    'timm.convnext_atto': Backbone(dict(type='timm.convnext_atto'), ('stages.0', 'stages.1', 'stages.2'),
                                   (40, 80, 160, 320), (), 'mmaction'),
    'InceptionI3D': Backbone(dict(type='InceptionI3D'), ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f'),
                             (192, 480, 832, 1024), (), 'mmaction'),
}
