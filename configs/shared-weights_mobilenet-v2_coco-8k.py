# The plain backbone, whose linear classifier shares its weights over the graph.
_base_ = [
    '_base_/models/mobilenet-v2.py', '_base_/datasets/coco-8k.py', '_base_/schedules/coco-mini_adamw_15e.py',
    '_base_/runtimes/image.py'
]
custom_hooks = [dict(type='CheckLabelsHook'), dict(type='ChannelsLastHook')]
model = dict(
    head=dict(
        classifier=dict(
            type='GraphLinearClassifier',
            eta=0.3,
            graph=dict(
                type='LabelGraphBuilder',
                preset='mlgcn',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='CocoLabels', ann_file='data/coco-8k/annotations/instances_train2014.json'),
                    estimator='conditional')))))
