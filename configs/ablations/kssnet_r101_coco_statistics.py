# Table 3: the statistical graph alone.
_base_ = ['../kssnet_r101_coco.py']
model = dict(backbone=dict(gcn=dict(graph=dict(lam=1.0))))
