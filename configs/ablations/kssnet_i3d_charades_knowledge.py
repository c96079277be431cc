# Table 3: the knowledge graph alone.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(gcn=dict(graph=dict(lam=0.0))))
