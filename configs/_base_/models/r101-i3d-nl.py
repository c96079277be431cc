# ResNet-101-I3D with non-local blocks (Wang et al., CVPR 2018): two in res3, three in res4.
# From ImageNet, inflated; the paper's row is from Kinetics-400, for which we know of no checkpoint.
num_classes = 157
model = dict(
    type='Recognizer3D',
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW'),
    backbone=dict(
        type='mmaction.ResNet3d',
        depth=101,
        pretrained='torchvision://resnet101',
        pretrained2d=True,
        conv1_kernel=(5, 7, 7),
        conv1_stride_t=2,
        pool1_stride_t=2,
        conv_cfg=dict(type='Conv3d'),
        norm_eval=False,
        inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0) * 11 + (1, ), (0, 1, 0)),
        non_local=((0, 0, 0), (0, 1, 0, 1), tuple(int(i in (6, 13, 20)) for i in range(23)), (0, 0, 0)),
        non_local_cfg=dict(
            sub_sample=True,
            use_scale=False,
            norm_cfg=dict(type='BN3d', requires_grad=True),
            mode='embedded_gaussian'),
        zero_init_residual=False),
    cls_head=dict(
        type='KSSNetVideoHead',
        num_classes=num_classes,
        in_channels=2048,
        classifier=dict(type='LinearClassifier', dropout=0.5),
        average_clips='prob'))
