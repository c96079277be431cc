# The control: every parameter of KSSNet, but A = I.
_base_ = ['kssnet_mobilenet-v2_coco-mini.py']
model = dict(backbone=dict(gcn=dict(graph=dict(control='identity'))))
