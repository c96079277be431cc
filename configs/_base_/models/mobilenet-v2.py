# The plain MobileNetV2, from ImageNet weights of mmpretrain's (input x / 127.5 - 1).
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
        type='mmpretrain.MobileNetV2',
        norm_eval=True,
        init_cfg=dict(
            type='Pretrained', checkpoint='data/weights/mobilenet_v2_imagenet.pth', prefix='backbone')),
    head=dict(
        type='KSSNetHead',
        num_classes=num_classes,
        in_channels=1280,
        classifier=dict(type='LinearClassifier', dropout=0.5)))
