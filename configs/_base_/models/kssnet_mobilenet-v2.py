# KSSNet on MobileNetV2. The GCN takes two lateral connections, not three: a first layer as narrow as
# MobileNetV2's early stages (24 channels) leaves its embeddings little to tell labels apart.
num_classes = 80
model = dict(
    type='ImageClassifier',
    data_preprocessor=dict(
        num_classes=num_classes,
        to_onehot=True,
        mean=[127.5, 127.5, 127.5],
        std=[127.5, 127.5, 127.5],
        to_rgb=True),
    backbone=dict(
        type='LabelGraphBackbone',
        backbone=dict(
            type='mmpretrain.MobileNetV2',
            norm_eval=True,
            init_cfg=dict(
                type='Pretrained',
                checkpoint='data/weights/mobilenet_v2_imagenet.pth',
                prefix='backbone')),
        gcn=dict(
            type='LabelGCN',
            num_classes=num_classes,
            in_channels=300,
            out_channels=(96, 320, 1280),
            weight_init='uniform'),
        stages=('layer5', 'layer7')),
    head=dict(
        type='KSSNetHead',
        num_classes=num_classes,
        in_channels=1280,
        classifier=dict(type='LabelGraphClassifier', dropout=0.5)))
