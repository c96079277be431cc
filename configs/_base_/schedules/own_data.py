# Fine-tuning a pretrained backbone on data of one's own. docs/training.md says what each part is for.
# AdamW; new parameters (GCN, lateral connections, head) at ten times the backbone's rate.
optim_wrapper = dict(
    optimizer=dict(type='AdamW', lr=1e-4, weight_decay=0.01),
    paramwise_cfg=dict(
        bias_decay_mult=0.0,
        norm_decay_mult=0.0,
        custom_keys={
            'backbone.gcn': dict(lr_mult=10.0),
            'backbone.laterals': dict(lr_mult=10.0),
            'head': dict(lr_mult=10.0),
        }))
# One cycle: up from a 25th of each rate, then down along a cosine. mmengine's OneCycleLR would give every parameter
# the same rate, whatever its lr_mult. Where max_epochs is changed, change the 4 as well: about a fifth of it.
param_scheduler = [
    dict(type='LinearLR', start_factor=0.04, begin=0, end=4, by_epoch=True, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', begin=4, by_epoch=True, convert_to_iter_based=True),
]
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=20, val_interval=5)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(enable=False, base_batch_size=32)
# What follows belongs into other parts of a config, which takes it up by {{_base_.NAME}}.
# custom_hooks: a moving average of the weights is what is tested and saved. It looks back a hundredth of the steps so
# far, and 500 steps at most, so that a short training is not held back by its first weights.
own_data_hooks = [
    dict(type='CheckLabelsHook'),
    dict(type='mmengine.EMAHook', ema_type='MomentumAnnealingEMA', momentum=0.002, gamma=100),
]
# train_cfg of an image model: half of the batches are mixed.
own_data_mixing = dict(
    augments=[
        dict(type='MaskedBatchAugment', augment=dict(type='Mixup', alpha=0.2)),
        dict(type='MaskedBatchAugment', augment=dict(type='CutMix', alpha=1.0)),
    ],
    probs=[0.25, 0.25])
# pipeline of an image data set; goes between cropping and PackInputs.
own_data_augmentation = dict(
    type='mmpretrain.RandAugment', policies='timm_increasing', num_policies=2, magnitude_level=7, magnitude_std=0.5)
