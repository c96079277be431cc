# ML-GCN on MS-COCO 2014 as its released code trains it: statistics alone, binarised and re-weighted.
_base_ = [
    '_base_/models/mlgcn_r101.py', '_base_/datasets/coco2014_448.py',
    '_base_/schedules/coco_mlgcn_20e.py', '_base_/runtimes/image.py'
]
train_dataloader = dict(batch_size=16)
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='CocoLabels', ann_file='data/coco/annotations/instances_train2014.json'),
                    estimator='mlgcn'),
                # the mean of a label's words, as in its paper, also where the file has the phrase ('hot-dog')
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/glove.840B.300d.txt', phrases=False),
                preset='mlgcn',
                file='data/coco/label_graph_mlgcn.npz'))))
