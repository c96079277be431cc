# The paper does not say which pooling its ResNet-101 has. Its CF1 of 77.2 for KSSNet is not the harmonic mean of its CP
# and CR, which is 78.5.
title = 'Table 1, MS-COCO 2014'
protocols = ('mAP', 'CP', 'CR', 'CF1', 'OP', 'OR', 'OF1')
rows = [
    dict(name='ResNet-101, GAP', config='configs/r101_coco.py', paper_weights='ImageNet',
         paper=dict(mAP=77.3, CP=80.2, CR=66.7, CF1=72.8, OP=83.9, OR=70.8, OF1=76.8)),
    dict(name='ResNet-101, GMP', config='configs/r101_gmp_coco.py'),
    dict(name='ML-GCN', config='configs/mlgcn_r101_coco.py', paper_weights='ImageNet',
         paper=dict(mAP=82.4, CP=84.4, CR=71.4, CF1=77.4, OP=85.8, OR=74.5, OF1=79.8)),
    dict(name='KSSNet', config='configs/kssnet_r101_coco.py', paper_weights='ImageNet',
         paper=dict(mAP=83.7, CP=84.6, CR=73.2, CF1=77.2, OP=87.8, OR=76.2, OF1=81.5)),
    dict(name='CSRA', config='configs/csra_r101_coco.py'),
]
