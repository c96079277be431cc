# Charades as the released KSSNet code trains on it: as charades_64x224.py, but a multi-scale crop.
data_root = 'data/charades/'
dataset_type = 'CharadesDataset'
train_pipeline = [
    dict(type='mmaction.DecordInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=64),
    dict(type='mmaction.DecordDecode'),
    dict(type='mmaction.Resize', scale=(-1, 256)),
    dict(
        type='mmaction.MultiScaleCrop',
        input_size=224,
        scales=(1, .875, .75, .66, .5),
        max_wh_scale_gap=2,
        num_fixed_crops=13),
    dict(type='mmaction.Flip', flip_ratio=0.5),
    dict(type='SegmentsToClip'),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs'),
]
test_pipeline = [
    dict(type='mmaction.DecordInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=64, test_mode=True),
    dict(type='mmaction.DecordDecode'),
    dict(type='mmaction.Resize', scale=(-1, 256)),
    dict(type='mmaction.CenterCrop', crop_size=224),
    dict(type='SegmentsToClip'),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs'),
]
# 16 videos a step in all: divide by the number of GPUs, or use --auto-scale-lr
train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='Charades_v1_train.csv',
        class_file='Charades_v1_classes.txt',
        data_prefix=dict(video='Charades_v1_480'),
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=8,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='Charades_v1_test.csv',
        class_file='Charades_v1_classes.txt',
        data_prefix=dict(video='Charades_v1_480'),
        test_mode=True,
        pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(type='MultiLabelScores')
test_evaluator = val_evaluator
