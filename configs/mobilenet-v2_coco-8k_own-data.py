# The plain MobileNetV2 with our training for own data: a start at the prior, RandAugment, one cycle and EMA. Mixing is
# left out: with RandAugment it gave less than RandAugment alone (docs/notes/coco_8k.md).
_base_ = [
    '_base_/models/mobilenet-v2.py', '_base_/datasets/coco-8k_128.py', '_base_/schedules/own_data.py',
    '_base_/runtimes/image.py'
]
custom_hooks = [
    dict(type='CheckLabelsHook'),
    dict(type='ChannelsLastHook'),
    dict(type='mmengine.EMAHook', ema_type='MomentumAnnealingEMA', momentum=0.002, gamma=100),
]
model = dict(
    backbone=dict(frozen_stages=2),
    head=dict(
        classifier=dict(
            prior=dict(
                type='LabelGraphBuilder',
                preset='mlgcn',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='CocoLabels', ann_file='data/coco-8k/annotations/instances_train2014.json'),
                    estimator='conditional')))))
train_dataloader = dict(
    dataset=dict(pipeline=[
        dict(type='mmpretrain.LoadImageFromFile'),
        dict(type='mmpretrain.RandomResizedCrop', scale=128, crop_ratio_range=(0.4, 1.0)),
        dict(type='mmpretrain.RandomFlip', prob=0.5, direction='horizontal'),
        {{_base_.own_data_augmentation}},
        dict(type='mmpretrain.PackInputs'),
    ]))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.04, begin=0, end=3, by_epoch=True, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', begin=3, by_epoch=True, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=15, val_interval=15)
default_hooks = dict(checkpoint=dict(interval=5))
