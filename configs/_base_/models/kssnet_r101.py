# KSSNet on ResNet-101 (paper, COCO): full GCN weights, LC after res2, res3, res4 (add 'layer4' for the
# four of the paper's text). The classifier's switches follow the paper: docs/paper_and_released.md.
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
        type='LabelGraphBackbone',
        backbone=dict(
            type='mmpretrain.ResNet',
            depth=101,
            num_stages=4,
            out_indices=(3, ),
            style='pytorch',
            init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet101')),
        gcn=dict(
            type='LabelGCN',
            num_classes=num_classes,
            in_channels=300,
            out_channels=(256, 512, 1024, 2048)),
        stages=('layer1', 'layer2', 'layer3'),
        lateral=dict(type='LateralConnection')),
    head=dict(
        type='KSSNetHead',
        num_classes=num_classes,
        in_channels=2048,
        classifier=dict(type='LabelGraphClassifier', pool='avg', dropout=0.0, tanh=False, fc=False),
        loss=dict(type='MultiLabelBCELoss', normalization='mean')))
