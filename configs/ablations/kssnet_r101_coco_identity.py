# Control: every parameter, but A = I.
_base_ = ['../kssnet_r101_coco.py']
model = dict(backbone=dict(gcn=dict(graph=dict(control='identity'))))
