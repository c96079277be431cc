# Our preset on the sample images: a start at the prior, augmentation, mixing, one cycle and EMA.
_base_ = [
    '_base_/models/kssnet_r18.py', '_base_/datasets/sample_coco.py', '_base_/schedules/own_data.py',
    '_base_/runtimes/image.py'
]
custom_hooks = {{_base_.own_data_hooks}}
graph_file = 'data/sample/label_graph_coco_conditional.npz'
model = dict(
    train_cfg={{_base_.own_data_mixing}},
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
train_dataloader = dict(
    dataset=dict(pipeline=[
        dict(type='mmpretrain.LoadImageFromFile'),
        dict(type='mmpretrain.RandomResizedCrop', scale=80, crop_ratio_range=(0.6, 1.0)),
        dict(type='mmpretrain.RandomFlip', prob=0.5, direction='horizontal'),
        {{_base_.own_data_augmentation}},
        dict(type='mmpretrain.PackInputs'),
    ]))
# the network starts from random weights
optim_wrapper = dict(optimizer=dict(lr=1e-3), paramwise_cfg=dict(custom_keys=dict(_delete_=True)))
