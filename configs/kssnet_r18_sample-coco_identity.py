# The control: every parameter of KSSNet, but A = I.
_base_ = ['kssnet_r18_sample-coco.py']
model = dict(backbone=dict(gcn=dict(graph=dict(control='identity'))))
