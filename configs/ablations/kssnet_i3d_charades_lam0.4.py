# lam = 0.4.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(gcn=dict(graph=dict(lam=0.4))))
