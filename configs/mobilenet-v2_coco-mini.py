# The plain MobileNetV2 on 320 COCO photographs.
_base_ = [
    '_base_/models/mobilenet-v2.py', '_base_/datasets/coco-mini.py',
    '_base_/schedules/coco-mini_adamw_15e.py', '_base_/runtimes/image.py'
]
custom_hooks = [dict(type='CheckLabelsHook'), dict(type='ChannelsLastHook')]
