# MS-COCO 2014 as ML-GCN and KSSNet train on it: a multi-scale crop resized to 448, flip;
# tested at 448 x 448. Images without any label are dropped, as ML-GCN does.
data_root = 'data/coco/'
dataset_type = 'CocoMultiLabel'
train_pipeline = [
    dict(type='mmpretrain.LoadImageFromFile'),
    dict(type='MultiScaleImageCrop', size=448, scales=(1, .875, .75, .66, .5), max_distort=2),
    dict(type='mmpretrain.RandomFlip', prob=0.5, direction='horizontal'),
    dict(type='mmpretrain.PackInputs'),
]
test_pipeline = [
    dict(type='mmpretrain.LoadImageFromFile'),
    dict(type='mmpretrain.Resize', scale=(448, 448)),
    dict(type='mmpretrain.PackInputs'),
]
# 80 images a step in all: divide by the number of GPUs, or use --auto-scale-lr
train_dataloader = dict(
    batch_size=80,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/instances_train2014.json',
        data_prefix=dict(img_path='train2014/'),
        pipeline=train_pipeline))
val_dataloader = dict(
    batch_size=80,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='annotations/instances_val2014.json',
        data_prefix=dict(img_path='val2014/'),
        test_mode=True,
        pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(type='MultiLabelScores')
test_evaluator = val_evaluator
