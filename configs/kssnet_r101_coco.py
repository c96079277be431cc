# KSSNet on MS-COCO 2014 with the paper's settings: lam 0.4, tau 0.02, eta 0.4, Adam at 0.01.
_base_ = [
    '_base_/models/kssnet_r101.py', '_base_/datasets/coco2014_448.py',
    '_base_/schedules/coco_adam_100e.py', '_base_/runtimes/image.py', '_base_/label_graphs/coco.py'
]
model = dict(backbone=dict(gcn=dict(graph={{_base_.label_graph}})))
