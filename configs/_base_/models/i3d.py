# The plain Inception-I3D (Charades), input x / 127.5 - 1 as I3D's released weights expect. Random weights here,
# Kinetics-400 in the paper: docs/weights.md has the commands.
num_classes = 157
model = dict(
    type='Recognizer3D',
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[127.5, 127.5, 127.5],
        std=[127.5, 127.5, 127.5],
        format_shape='NCTHW'),
    backbone=dict(type='InceptionI3D'),
    cls_head=dict(
        type='KSSNetVideoHead',
        num_classes=num_classes,
        in_channels=1024,
        classifier=dict(type='LinearClassifier', dropout=0.5),
        average_clips='prob'))
