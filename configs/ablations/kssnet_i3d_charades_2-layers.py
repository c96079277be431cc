# Table 4: 2 GCN layers; the first 2 and their lateral connections are left out.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(
    backbone=dict(
        gcn=dict(out_channels=(832, 1024)),
        stages=('Mixed_4f',)))
