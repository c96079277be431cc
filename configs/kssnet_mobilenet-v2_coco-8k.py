# Statistics from the 6,000 training photographs' own labels: the 2,000 test photographs are in nobody's statistics.
_base_ = [
    '_base_/models/kssnet_mobilenet-v2.py', '_base_/datasets/coco-8k.py', '_base_/schedules/coco-mini_adamw_15e.py',
    '_base_/runtimes/image.py'
]
custom_hooks = [dict(type='CheckLabelsHook'), dict(type='ChannelsLastHook')]
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='CocoLabels', ann_file='data/coco-8k/annotations/instances_train2014.json'),
                    estimator='conditional'),
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True),
                lam=1.0,
                file='data/coco-8k/label_graph.npz'))))
