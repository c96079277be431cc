# The plain MobileNetV2 with our training for own data, which starts at the prior.
_base_ = ['_base_/models/mobilenet-v2.py', '_base_/coco-8k_own-data.py']
model = dict(
    backbone=dict(frozen_stages=2),
    head=dict(
        classifier=dict(
            prior=dict(
                type='LabelGraphBuilder',
                preset='mlgcn',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='CocoLabels', ann_file='data/coco-8k/annotations/instances_train2014.json'),
                    estimator='conditional')))))
