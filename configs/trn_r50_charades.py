# Table 2: multi-scale TRN on ResNet-50, one frame from each of 8 segments, trained as the others. The paper's
# row has it on Inception-I3D with weights of ImageNet.
_base_ = [
    '_base_/datasets/charades_64x224.py', '_base_/schedules/charades_adam.py', '_base_/runtimes/video.py'
]
model = dict(
    type='Recognizer2D',
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCHW'),
    backbone=dict(type='mmaction.ResNet', depth=50, pretrained='torchvision://resnet50', norm_eval=False),
    cls_head=dict(
        type='TRNVideoHead',
        num_classes=157,
        in_channels=2048,
        classifier=dict(
            type='mmaction.TRNHead',
            num_segments=8,
            relation_type='TRNMultiScale',
            hidden_dim=256,
            dropout_ratio=0.8),
        loss=dict(type='MultiLabelBCELoss', normalization='mean'),
        average_clips='prob'))
train_pipeline = [
    dict(type='SequentialVideoInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=8),
    dict(type='SequentialVideoDecode'),
    dict(type='mmaction.Resize', scale=(-1, 256)),
    dict(type='mmaction.RandomCrop', size=224),
    dict(type='mmaction.Flip', flip_ratio=0.5),
    dict(type='mmaction.FormatShape', input_format='NCHW'),
    dict(type='mmaction.PackActionInputs'),
]
test_pipeline = [
    dict(type='SequentialVideoInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=8, test_mode=True),
    dict(type='SequentialVideoDecode'),
    dict(type='mmaction.Resize', scale=(-1, 256)),
    dict(type='mmaction.CenterCrop', crop_size=224),
    dict(type='mmaction.FormatShape', input_format='NCHW'),
    dict(type='mmaction.PackActionInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
