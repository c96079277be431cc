# The plain MobileNetV2 on the photographs of coco-8k.
_base_ = [
    '_base_/models/mobilenet-v2.py', '_base_/datasets/coco-8k_128.py', '_base_/schedules/coco-mini_adamw_15e.py',
    '_base_/runtimes/image.py'
]
model = dict(backbone=dict(frozen_stages=2))
optim_wrapper = dict(optimizer=dict(lr=5e-5))
default_hooks = dict(checkpoint=dict(interval=5))
custom_hooks = [dict(type='CheckLabelsHook'), dict(type='ChannelsLastHook')]
