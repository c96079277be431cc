# KSSNet on Charades with the paper's settings, but on mmaction2's I3D ResNet-50: connections after res2, res3, res4.
_base_ = ['kssnet_i3d_charades.py']
model = dict(
    data_preprocessor=dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375]),
    backbone=dict(
        backbone=dict(
            _delete_=True,
            type='mmaction.ResNet3d',
            depth=50,
            pretrained='torchvision://resnet50',
            pretrained2d=True,
            conv1_kernel=(5, 7, 7),
            conv1_stride_t=2,
            pool1_stride_t=2,
            conv_cfg=dict(type='Conv3d'),
            norm_eval=False,
            inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)),
            zero_init_residual=False),
        gcn=dict(out_channels=(256, 512, 1024, 2048)),
        stages=('layer1', 'layer2', 'layer3')),
    cls_head=dict(in_channels=2048))
