# Statistics, knowledge and both, on both data sets. The CF1 of the COCO rows with statistics are not the harmonic
# means of their CP and CR (78.3 and 78.5); the paper's numbers stand as it has them.
title = 'Table 3, label graphs'
protocols = ('mAP', 'mAP_sample', 'wAP', 'CP', 'CR', 'CF1', 'OP', 'OR', 'OF1')
_image = dict(config='configs/kssnet_r101_coco.py', paper_weights='ImageNet')
_video = dict(config='configs/kssnet_i3d_charades.py', paper_weights='ImageNet, inflated')
_lam = 'model.backbone.gcn.graph.lam'
rows = [
    dict(name='COCO, statistics', options={_lam: 1.0}, **_image,
         paper=dict(mAP=83.1, CP=84.2, CR=73.1, CF1=77.6, OP=87.2, OR=76.4, OF1=81.2)),
    dict(name='COCO, knowledge', options={_lam: 0.0}, **_image,
         paper=dict(mAP=81.0, CP=82.8, CR=69.5, CF1=75.6, OP=84.5, OR=73.4, OF1=78.6)),
    dict(name='COCO, superimposed', **_image,
         paper=dict(mAP=83.7, CP=84.6, CR=73.2, CF1=77.2, OP=87.8, OR=76.2, OF1=81.5)),
    dict(name='Charades, statistics', options={_lam: 1.0}, **_video,
         paper=dict(mAP=40.7)),
    dict(name='Charades, knowledge', options={_lam: 0.0}, **_video,
         paper=dict(mAP=41.1)),
    dict(name='Charades, superimposed', **_video, paper=dict(mAP=44.9)),
]
