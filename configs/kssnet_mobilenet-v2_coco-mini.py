# KSSNet on MobileNetV2 and 320 COCO photographs. The graph's statistics come from all 82,081 labelled train images of
# COCO, and its vectors are GloVe as ML-GCN released them: docs/experiments.md says how the file is made. The labels
# stand in the order of their category ids.
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
                labels=[
                    'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat',
                    'traffic light', 'fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat',
                    'dog', 'horse', 'sheep', 'cow', 'elephant', 'bear', 'zebra', 'giraffe', 'backpack',
                    'umbrella', 'handbag', 'tie', 'suitcase', 'frisbee', 'skis', 'snowboard', 'sports ball',
                    'kite', 'baseball bat', 'baseball glove', 'skateboard', 'surfboard', 'tennis racket',
                    'bottle', 'wine glass', 'cup', 'fork', 'knife', 'spoon', 'bowl', 'banana', 'apple',
                    'sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut', 'cake', 'chair',
                    'couch', 'potted plant', 'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse', 'remote',
                    'keyboard', 'cell phone', 'microwave', 'oven', 'toaster', 'sink', 'refrigerator', 'book',
                    'clock', 'vase', 'scissors', 'teddy bear', 'hair drier', 'toothbrush'
                ],
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='LabelTable', file='data/coco2014_labels.npz', key='train'),
                    estimator='mlgcn'),
                embedding=dict(
                    type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True),
                lam=1.0,
                file='data/coco-mini/label_graph.npz'))))
