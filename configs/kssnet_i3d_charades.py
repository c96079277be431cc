# KSSNet on Charades with the paper's backbone and settings: Inception-I3D, lam 0.6, tau 0.03, eta 0.4,
# 64 segments of one frame, GCN and LC at ten times the backbone's rate.
_base_ = [
    '_base_/models/kssnet_i3d.py', '_base_/datasets/charades_64x224.py',
    '_base_/schedules/charades_adam.py', '_base_/runtimes/video.py', '_base_/label_graphs/charades.py'
]
model = dict(backbone=dict(gcn=dict(graph={{_base_.label_graph}})))
