# Class-specific residual attention (Zhu and Wu, ICCV 2021): mmpretrain's head, trained as the others.
_base_ = ['r101_coco.py']
model = dict(
    head=dict(
        _delete_=True,
        type='mmpretrain.CSRAClsHead',
        num_classes=80,
        in_channels=2048,
        num_heads=1,
        lam=0.1,
        loss=dict(type='MultiLabelBCELoss', normalization='mean')))
