# tau = 0.02.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(gcn=dict(graph=dict(tau=0.02))))
