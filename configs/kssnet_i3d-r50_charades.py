# KSSNet on Charades with the paper's settings, but on mmaction2's I3D ResNet-50.
_base_ = [
    '_base_/models/kssnet_i3d-r50.py', '_base_/datasets/charades_64x224.py',
    '_base_/schedules/charades_adam.py', '_base_/runtimes/video.py', '_base_/label_graphs/charades.py'
]
model = dict(backbone=dict(gcn=dict(graph={{_base_.label_graph}})))
