# KSSNet with our training for own data. The graph is that of all labelled COCO images but the test photographs, mixed
# with the similarity of word vectors. docs/experiments.md says how label_rows.npz and classes.txt are made.
_base_ = ['mobilenet-v2_coco-8k_own-data.py']
graph_file = 'data/coco-8k/label_graph_rows.npz'
model = dict(
    backbone=dict(
        _delete_=True,
        type='LabelGraphBackbone',
        backbone=dict(
            type='mmpretrain.MobileNetV2',
            norm_eval=True,
            frozen_stages=2,
            init_cfg=dict(
                type='Pretrained', checkpoint='data/weights/mobilenet_v2_imagenet.pth', prefix='backbone')),
        gcn=dict(
            type='LabelGCN',
            num_classes=80,
            in_channels=300,
            out_channels=(96, 320, 1280),
            weight_init='uniform',
            last_std=0.01,
            graph=dict(
                type='LabelGraphBuilder',
                preset='paper_coco',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='LabelTable', file='data/coco-8k/label_rows.npz'),
                    estimator='conditional'),
                knowledge=dict(
                    type='SimilarityGraph',
                    embedding=dict(type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True)),
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True),
                labels='data/coco-8k/classes.txt',
                file=graph_file)),
        stages=('layer5', 'layer7')),
    # the backbone comes first and builds the file, which holds the frequencies
    head=dict(classifier=dict(_delete_=True, type='LabelGraphClassifier', dropout=0.5, prior=graph_file)))
