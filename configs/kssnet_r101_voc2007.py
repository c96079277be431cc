# KSSNet on Pascal VOC 2007. The paper does not report VOC: its COCO settings (lam 0.4, tau 0.02, eta
# 0.4) on ML-GCN's schedule and batch size, which its released code uses for both data sets.
_base_ = [
    '_base_/models/kssnet_r101.py', '_base_/datasets/voc2007_448.py',
    '_base_/schedules/coco_mlgcn_20e.py', '_base_/runtimes/image.py'
]
num_classes = 20
model = dict(
    data_preprocessor=dict(num_classes=num_classes),
    backbone=dict(
        gcn=dict(
            num_classes=num_classes,
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='VOCLabels', data_root='data/VOCdevkit/VOC2007', difficult=True),
                    estimator='mlgcn'),
                knowledge=dict(
                    type='ConceptNetGraph', file='data/knowledge/conceptnet-assertions-5.7.0.csv.gz'),
                embedding=dict(type='WordVectorEmbedding', file='data/knowledge/glove.840B.300d.txt', phrases=False),
                preset='paper_coco',
                file='data/VOCdevkit/label_graph_voc2007.npz'))),
    head=dict(num_classes=num_classes))
