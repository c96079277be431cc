# KSSNet on mmaction2's I3D ResNet-50 (Charades): LC after res2, res3, res4.
num_classes = 157
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
        gcn=dict(
            type='LabelGCN',
            num_classes=num_classes,
            in_channels=300,
            out_channels=(256, 512, 1024, 2048)),
        stages=('layer1', 'layer2', 'layer3'),
        lateral=dict(type='LateralConnection')),
    cls_head=dict(
        type='KSSNetVideoHead',
        num_classes=num_classes,
        in_channels=2048,
        classifier=dict(type='LabelGraphClassifier', dropout=0.5, tanh=False, fc=False),
        loss=dict(type='MultiLabelBCELoss', normalization='mean'),
        average_clips='prob'))
