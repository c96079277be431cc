# The control: every parameter of KSSNet, but A = I.
_base_ = ['kssnet_i3d-r18_sample-charades.py']
model = dict(backbone=dict(gcn=dict(graph=dict(control='identity'))))
