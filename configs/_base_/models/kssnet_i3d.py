# KSSNet on Inception-I3D as the paper writes it (Charades): full GCN weights without bias, no tanh on
# the last embedding, no extra fc, LC before the three pools that follow 192, 480 and 832 channels.
# docs/paper_and_released.md has every switch. The backbone starts from random weights here, the paper's from
# ImageNet: docs/weights.md has the commands.
num_classes = 157
model = dict(
    type='Recognizer3D',
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[127.5, 127.5, 127.5],
        std=[127.5, 127.5, 127.5],
        format_shape='NCTHW'),
    backbone=dict(
        type='LabelGraphBackbone',
        backbone=dict(type='InceptionI3D'),
        gcn=dict(
            type='LabelGCN',
            num_classes=num_classes,
            in_channels=300,
            out_channels=(192, 480, 832, 1024),
            rank=None,
            bias=False,
            weight_init='kaiming'),
        stages=('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f'),
        lateral=dict(type='LateralConnection', zero_init=True)),
    cls_head=dict(
        type='KSSNetVideoHead',
        num_classes=num_classes,
        in_channels=1024,
        classifier=dict(type='LabelGraphClassifier', dropout=0.5, tanh=False, fc=False),
        loss=dict(type='MultiLabelBCELoss', normalization='mean'),
        average_clips='prob'))
