# Statistics, knowledge and both, on both data sets.
title = 'Table 3, label graphs'
protocols = ('mAP', 'mAP_sample', 'wAP', 'CF1', 'OF1')
rows = [
    dict(name='COCO, statistics', config='configs/ablations/kssnet_r101_coco_statistics.py', paper=dict(mAP=83.1, CF1=77.6, OF1=81.2)),
    dict(name='COCO, knowledge', config='configs/ablations/kssnet_r101_coco_knowledge.py', paper=dict(mAP=81.0, CF1=75.6, OF1=78.6)),
    dict(name='COCO, superimposed', config='configs/kssnet_r101_coco.py', paper=dict(mAP=83.7, CF1=77.2, OF1=81.5)),
    dict(name='Charades, statistics', config='configs/ablations/kssnet_i3d_charades_statistics.py', paper=dict(mAP=40.7)),
    dict(name='Charades, knowledge', config='configs/ablations/kssnet_i3d_charades_knowledge.py', paper=dict(mAP=41.1)),
    dict(name='Charades, superimposed', config='configs/kssnet_i3d_charades.py', paper=dict(mAP=44.9)),
]
