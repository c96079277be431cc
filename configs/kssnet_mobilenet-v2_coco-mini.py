# The graph's statistics come from all labels of COCO's train images, not from these 320 alone.
_base_ = [
    '_base_/models/kssnet_mobilenet-v2.py', '_base_/datasets/coco-mini.py',
    '_base_/schedules/coco-mini_adamw_15e.py', '_base_/runtimes/image.py'
]
custom_hooks = [dict(type='CheckLabelsHook'), dict(type='ChannelsLastHook')]
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                type='LabelGraphBuilder',
                # the classes of the data set's METAINFO, in its order
                labels='data/coco-mini/classes.txt',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='LabelTable', file='data/coco2014_labels.npz', key='train'),
                    reading='mlgcn'),
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/glove_coco.txt'),
                lam=1.0,
                file='data/coco-mini/label_graph.npz'))))
