# Control: the GCN classifier alone, no lateral connections.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(stages=()))
