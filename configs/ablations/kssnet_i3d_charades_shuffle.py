# Control: the graph with its labels shuffled.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(gcn=dict(graph=dict(control='shuffle', seed=0))))
