# A small KSSNet for the sample data: mmaction2's half-width ResNet3d-18 from scratch.
num_classes = 12
model = dict(
    type='Recognizer3D',
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW'),
    backbone=dict(
        type='LabelGraphBackbone',
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
        gcn=dict(
            type='LabelGCN',
            num_classes=num_classes,
            in_channels=50,
            out_channels=(32, 64, 128, 256),
            rank='released',
            bias=True),
        stages=('layer1', 'layer2', 'layer3')),
    cls_head=dict(
        type='KSSNetVideoHead',
        num_classes=num_classes,
        in_channels=256,
        classifier=dict(type='LabelGraphClassifier', dropout=0.0)))
