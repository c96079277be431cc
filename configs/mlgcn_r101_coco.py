# ML-GCN on MS-COCO 2014 as its released code trains it: statistics alone, binarised and re-weighted.
_base_ = [
    '_base_/models/mlgcn_r101.py', '_base_/datasets/coco2014_448.py',
    '_base_/schedules/coco_mlgcn_20e.py', '_base_/runtimes/image.py',
    '_base_/label_graphs/coco_mlgcn.py'
]
train_dataloader = dict(batch_size=16)
model = dict(backbone=dict(gcn=dict(graph={{_base_.label_graph}})))
