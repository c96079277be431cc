# Table 3: the statistical graph alone.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(gcn=dict(graph=dict(lam=1.0))))
