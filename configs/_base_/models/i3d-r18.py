# The plain half-width ResNet3d-18 that the small KSSNet is compared with.
num_classes = 12
model = dict(
    type='Recognizer3D',
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW'),
    backbone=dict(
        type='mmaction.ResNet3d',
        depth=18,
        base_channels=32,
        pretrained=None,
        conv1_kernel=(3, 7, 7),
        conv1_stride_t=1,
        pool1_stride_t=1,
        conv_cfg=dict(type='Conv3d'),
        inflate=((1, 0), (1, 0), (1, 0), (1, 0)),
        zero_init_residual=False),
    cls_head=dict(
        type='KSSNetVideoHead',
        num_classes=num_classes,
        in_channels=256,
        classifier=dict(type='LinearClassifier', dropout=0.0)))
