# Table 4: 2 GCN layers; the first 2 and their lateral connections are left out.
_base_ = ['../kssnet_r101_coco.py']
model = dict(
    backbone=dict(
        gcn=dict(out_channels=(1024, 2048)),
        stages=('layer3',)))
