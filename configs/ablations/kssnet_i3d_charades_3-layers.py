# Table 4: 3 GCN layers; the first 1 and their lateral connections are left out.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(
    backbone=dict(
        gcn=dict(out_channels=(480, 832, 1024)),
        stages=('Mixed_3c', 'Mixed_4f')))
