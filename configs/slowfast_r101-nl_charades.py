# Table 2: SlowFast ResNet-101 with three non-local blocks in res4 of the slow pathway.
_base_ = ['slowfast_r101_charades.py']
model = dict(
    backbone=dict(
        slow_pathway=dict(
            non_local=(0, 0, tuple(int(i in (6, 13, 20)) for i in range(23)), 0),
            non_local_cfg=dict(
                sub_sample=True,
                use_scale=False,
                norm_cfg=dict(type='BN3d', requires_grad=True),
                mode='embedded_gaussian'))))
