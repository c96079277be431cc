# It is not known whether the paper's 44.9 is a mean over classes (mAP) or over videos (mAP_sample).
title = 'Table 2, Charades'
protocols = ('mAP', 'mAP_sample', 'wAP')
rows = [
    dict(name='MultiScale TRN', config='configs/trn_r50_charades.py', paper=dict(mAP=25.2), paper_weights='ImageNet'),
    dict(name='I3D', config='configs/i3d_charades.py', paper=dict(mAP=32.9), paper_weights='Kinetics-400'),
    dict(name='ResNet-101-I3D, non-local', config='configs/r101-i3d-nl_charades.py', paper=dict(mAP=37.5),
         paper_weights='Kinetics-400'),
    dict(name='SlowFast ResNet-101', config='configs/slowfast_r101_charades.py', paper=dict(mAP=42.1),
         paper_weights='Kinetics-400'),
    dict(name='SlowFast ResNet-101, non-local', config='configs/slowfast_r101-nl_charades.py', paper=dict(mAP=42.5),
         paper_weights='Kinetics-400'),
    dict(name='KSSNet', config='configs/kssnet_i3d_charades.py', paper=dict(mAP=44.9),
         paper_weights='ImageNet, inflated'),
    dict(name='KSSNet, settings of the released code', config='configs/kssnet_i3d_charades_released.py'),
]
