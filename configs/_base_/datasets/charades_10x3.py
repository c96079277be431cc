# Charades by dense clips: trained on one clip of 64 frames, every second one, with the labels of that
# clip's time span; tested on 10 clips x 3 crops of 256 with the video's labels, as PySlowFast samples.
# The 30 views stand on the batch axis and the head joins them:
#   model = dict(cls_head=dict(average_clips='max'))   PySlowFast's Charades protocol; 'prob' for the mean
# and model = dict(test_cfg=dict(max_testing_views=5)) runs 5 views at a time where memory is short.
data_root = 'data/charades/'
dataset_type = 'CharadesDataset'
clip = dict(type='mmaction.SampleFrames', clip_len=64, frame_interval=2)
train_pipeline = [
    dict(type='SequentialVideoInit'),
    dict(num_clips=1, **clip),
    dict(type='ClipLabels'),
    dict(type='SequentialVideoDecode'),
    dict(type='mmaction.Resize', scale=(-1, 256)),
    dict(type='mmaction.RandomCrop', size=224),
    dict(type='mmaction.Flip', flip_ratio=0.5),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs'),
]
test_pipeline = [
    dict(type='SequentialVideoInit'),
    dict(num_clips=10, test_mode=True, **clip),
    dict(type='SequentialVideoDecode'),
    dict(type='mmaction.Resize', scale=(-1, 256)),
    dict(type='mmaction.ThreeCrop', crop_size=256),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs'),
]
# 16 clips a step in all: divide by the number of GPUs, or use --auto-scale-lr
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
        label_level='clip',
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=1,
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
