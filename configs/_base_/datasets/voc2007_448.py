# Pascal VOC 2007 with the pictures of COCO's config: a multi-scale crop resized to 448, flip;
# tested at 448 x 448. Objects marked difficult are labels in training and left out of the score in
# testing, as ML-GCN's released code has it.
data_root = 'data/VOCdevkit/VOC2007/'
dataset_type = 'VOCMultiLabel'
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
# 16 images a step in all, as ML-GCN's command: divide by the number of GPUs, or use --auto-scale-lr
train_dataloader = dict(
    batch_size=16,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        split='trainval',
        difficult='positive',
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
        split='test',
        difficult='ignore',
        test_mode=True,
        pipeline=test_pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(type='MultiLabelScores')
test_evaluator = val_evaluator
