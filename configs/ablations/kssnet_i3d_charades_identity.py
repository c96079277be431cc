# Control: every parameter, but A = I.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(gcn=dict(graph=dict(control='identity'))))
