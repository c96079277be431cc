# The sample data that tools/make_sample_data.py draws, in Charades' official format: clips of 12
# segments of one frame.
data_root = 'data/sample/charades/'
dataset_type = 'CharadesDataset'
train_pipeline = [
    dict(type='mmaction.DecordInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=12),
    dict(type='mmaction.DecordDecode'),
    dict(type='mmaction.Resize', scale=(64, 64), keep_ratio=False),
    dict(type='mmaction.RandomCrop', size=56),
    dict(type='SegmentsToClip'),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs'),
]
test_pipeline = [
    dict(type='mmaction.DecordInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=12, test_mode=True),
    dict(type='mmaction.DecordDecode'),
    dict(type='mmaction.Resize', scale=(64, 64), keep_ratio=False),
    dict(type='mmaction.CenterCrop', crop_size=56),
    dict(type='SegmentsToClip'),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs'),
]
train_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='Charades_v1_train.csv',
        class_file='Charades_v1_classes.txt',
        data_prefix=dict(video='videos'),
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=16,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='Charades_v1_test.csv',
        class_file='Charades_v1_classes.txt',
        data_prefix=dict(video='videos'),
        test_mode=True,
        pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(type='MultiLabelScores')
test_evaluator = val_evaluator
