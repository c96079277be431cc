# Our preset on the sample images: a start at the prior, soft statistics, one cycle and EMA. Mixing and RandAugment are
# left out: in so few epochs from random weights the network loses by them (docs/notes/sample_data.md).
_base_ = [
    '_base_/models/kssnet_r18.py', '_base_/datasets/sample_coco.py', '_base_/schedules/own_data.py',
    '_base_/runtimes/image.py'
]
custom_hooks = {{_base_.own_data_hooks}}
graph_file = 'data/sample/label_graph_coco_conditional.npz'
model = dict(
    backbone=dict(
        gcn=dict(
            last_std=0.01,
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='CocoLabels', ann_file='data/sample/coco/annotations/instances_train2014.json'),
                    estimator='conditional'),
                knowledge=dict(
                    type='ConceptNetGraph', file='data/sample/knowledge/conceptnet-assertions.csv.gz'),
                embedding=dict(type='WordVectorEmbedding', file='data/sample/knowledge/vectors.txt'),
                preset='paper_coco',
                file=graph_file))),
    # the backbone comes first and builds the file, which holds the frequencies
    head=dict(classifier=dict(prior=graph_file)))
# the network starts from random weights
optim_wrapper = dict(optimizer=dict(lr=1e-3), paramwise_cfg=dict(custom_keys=dict(_delete_=True)))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.04, begin=0, end=1, by_epoch=True, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', begin=1, by_epoch=True, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=10, val_interval=5)
