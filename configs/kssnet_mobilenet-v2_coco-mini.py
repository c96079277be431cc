# The graph's statistics come from all labels of COCO's train images, not from these 320 alone.
_base_ = [
    '_base_/models/kssnet_mobilenet-v2.py', '_base_/datasets/coco-mini.py',
    '_base_/schedules/coco-mini_adamw_15e.py', '_base_/runtimes/image.py',
    '_base_/label_graphs/coco-mini.py'
]
custom_hooks = [dict(type='CheckLabelsHook'), dict(type='ChannelsLastHook')]
model = dict(backbone=dict(gcn=dict(graph={{_base_.label_graph}})))
