# Our preset on the sample videos: a start at the prior, one cycle and EMA.
_base_ = [
    '_base_/models/kssnet_i3d-r18.py', '_base_/datasets/sample_charades.py', '_base_/schedules/own_data.py',
    '_base_/runtimes/video.py'
]
custom_hooks = {{_base_.own_data_hooks}}
graph_file = 'data/sample/label_graph_charades_conditional.npz'
model = dict(
    backbone=dict(
        gcn=dict(
            last_std=0.01,
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(
                        type='CharadesLabels',
                        ann_file='data/sample/charades/Charades_v1_train.csv',
                        class_file='data/sample/charades/Charades_v1_classes.txt',
                        mapping_file='data/sample/charades/Charades_v1_mapping.txt',
                        object_file='data/sample/charades/Charades_v1_objectclasses.txt',
                        verb_file='data/sample/charades/Charades_v1_verbclasses.txt'),
                    estimator='conditional'),
                knowledge=dict(
                    type='ConceptNetGraph', file='data/sample/knowledge/conceptnet-assertions.csv.gz'),
                embedding=dict(
                    type='WordVectorEmbedding',
                    file='data/sample/knowledge/vectors.txt',
                    normalize=True),
                preset='paper_charades',
                file=graph_file))),
    # the backbone comes first and builds the file, which holds the frequencies
    cls_head=dict(classifier=dict(prior=graph_file)))
# the network starts from random weights
optim_wrapper = dict(optimizer=dict(lr=1e-3), paramwise_cfg=dict(custom_keys=dict(_delete_=True)))
param_scheduler = [
    dict(type='LinearLR', start_factor=0.04, begin=0, end=1, by_epoch=True, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', begin=1, by_epoch=True, convert_to_iter_based=True),
]
train_cfg = dict(max_epochs=6, val_interval=6)
auto_scale_lr = dict(base_batch_size=16)
