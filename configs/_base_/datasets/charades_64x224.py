# Charades nearly as the paper trains on it: one frame from each of 64 segments (TSN sampling), a random crop
# of 224; tested on 64 evenly spaced frames. The paper scales videos to 256 x 256; here the short side becomes 256,
# which keeps the shapes. The paper names no flip and no crop for testing.
data_root = 'data/charades/'
dataset_type = 'CharadesDataset'
train_pipeline = [
    dict(type='SequentialVideoInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=64),
    dict(type='SequentialVideoDecode'),
    dict(type='mmaction.Resize', scale=(-1, 256)),
    dict(type='mmaction.RandomCrop', size=224),
    dict(type='mmaction.Flip', flip_ratio=0.5),
    dict(type='SegmentsToClip'),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs'),
]
test_pipeline = [
    dict(type='SequentialVideoInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=64, test_mode=True),
    dict(type='SequentialVideoDecode'),
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
