# KSSNet for coco-8k. The graph is that of all labelled COCO training images but the test photographs, mixed with the
# similarity of word vectors in the place of ConceptNet, whose file is not part of the trial. docs/experiments.md says
# how label_rows.npz and classes.txt are made.
_base_ = ['kssnet_mobilenet-v2.py']
model = dict(
    backbone=dict(
        backbone=dict(frozen_stages=2),
        gcn=dict(
            graph=dict(
                type='LabelGraphBuilder',
                preset='paper_coco',
                statistical=dict(
                    type='CooccurrenceGraph', source=dict(type='LabelTable', file='data/coco-8k/label_rows.npz')),
                knowledge=dict(
                    type='SimilarityGraph',
                    embedding=dict(type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True)),
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/coco_glove.npz', normalize=True),
                labels='data/coco-8k/classes.txt'))))
