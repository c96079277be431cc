# Table 4: 3 GCN layers; the first 1 and their lateral connections are left out.
_base_ = ['../kssnet_r101_coco.py']
model = dict(
    backbone=dict(
        gcn=dict(out_channels=(512, 1024, 2048)),
        stages=('layer2', 'layer3')))
