# Control: the GCN classifier alone, no lateral connections.
_base_ = ['../kssnet_r101_coco.py']
model = dict(backbone=dict(stages=()))
