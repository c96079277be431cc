# KSSNet on MS-COCO 2014 with the paper's settings: lam 0.4, tau 0.02, eta 0.4, Adam at 0.01.
_base_ = [
    '_base_/models/kssnet_r101.py', '_base_/datasets/coco2014_448.py',
    '_base_/schedules/coco_adam_100e.py', '_base_/runtimes/image.py'
]
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='CocoLabels', ann_file='data/coco/annotations/instances_train2014.json'),
                    estimator='mlgcn'),
                knowledge=dict(
                    type='ConceptNetGraph', file='data/knowledge/conceptnet-assertions-5.7.0.csv.gz'),
                # the mean of a label's words, as in ML-GCN, also where the file has the phrase ('hot-dog')
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/glove.840B.300d.txt', phrases=False),
                preset='paper_coco',
                file='data/coco/label_graph.npz'))))
