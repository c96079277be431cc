# The plain ResNet-101 that KSSNet is compared with.
num_classes = 80
model = dict(
    type='ImageClassifier',
    data_preprocessor=dict(
        num_classes=num_classes,
        to_onehot=True,
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        to_rgb=True),
    backbone=dict(
        type='mmpretrain.ResNet',
        depth=101,
        num_stages=4,
        out_indices=(3, ),
        style='pytorch',
        init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet101')),
    head=dict(
        type='KSSNetHead',
        num_classes=num_classes,
        in_channels=2048,
        classifier=dict(type='LinearClassifier', pool='avg', dropout=0.0),
        loss=dict(type='MultiLabelBCELoss', normalization='mean')))
