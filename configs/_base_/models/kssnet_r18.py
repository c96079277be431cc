# A small KSSNet for the sample data: half-width ResNet-18 from scratch.
num_classes = 12
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
            type='mmpretrain.ResNet', depth=18, stem_channels=32, base_channels=32, out_indices=(3, )),
        gcn=dict(
            type='LabelGCN',
            num_classes=num_classes,
            in_channels=50,
            out_channels=(32, 64, 128, 256)),
        stages=('layer1', 'layer2', 'layer3')),
    head=dict(
        type='KSSNetHead',
        num_classes=num_classes,
        in_channels=256,
        classifier=dict(type='LabelGraphClassifier', dropout=0.0)))
