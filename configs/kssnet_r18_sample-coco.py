# KSSNet on ResNet-18 and the sample images.
_base_ = [
    '_base_/models/kssnet_r18.py', '_base_/datasets/sample_coco.py', '_base_/schedules/sample.py',
    '_base_/runtimes/image.py'
]
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(
                        type='CocoLabels',
                        ann_file='data/sample/coco/annotations/instances_train2014.json'),
                    estimator='mlgcn'),
                knowledge=dict(
                    type='ConceptNetGraph', file='data/sample/knowledge/conceptnet-assertions.csv.gz'),
                embedding=dict(
                    type='WordVectorEmbedding', file='data/sample/knowledge/vectors.txt'),
                preset='paper_coco',
                file='data/sample/label_graph_coco.npz'))))
