# KSSNet with the paper's settings on MobileNetV2: He's initial values, ML-GCN's statistics, lam 0.4, tau 0.02, eta 0.4,
# a classifier without tanh and fc, and the plain training. The similarity of word vectors stands in the place of
# ConceptNet, whose file is not part of the trial.
_base_ = [
    '_base_/models/kssnet_mobilenet-v2.py', '_base_/datasets/coco-8k_128.py',
    '_base_/schedules/coco-mini_adamw_15e.py', '_base_/runtimes/image.py'
]
model = dict(
    backbone=dict(
        backbone=dict(frozen_stages=2),
        gcn=dict(
            weight_init='kaiming',
            graph=dict(
                type='LabelGraphBuilder',
                preset='paper_coco',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='LabelTable', file='data/coco-8k/label_rows.npz'),
                    estimator='mlgcn'),
                knowledge=dict(
                    type='SimilarityGraph',
                    embedding=dict(type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True)),
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True),
                labels='data/coco-8k/classes.txt'))),
    head=dict(classifier=dict(dropout=0.0, tanh=False, fc=False)))
default_hooks = dict(checkpoint=dict(interval=5))
# the head has no parameters
optim_wrapper = dict(
    paramwise_cfg=dict(
        custom_keys={
            '_delete_': True,
            'backbone.gcn': dict(lr_mult=10.0),
            'backbone.laterals': dict(lr_mult=10.0),
        }))
custom_hooks = [dict(type='CheckLabelsHook'), dict(type='ChannelsLastHook')]
