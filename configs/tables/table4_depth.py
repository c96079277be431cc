# 2, 3 and 4 GCN layers, on both data sets.
title = 'Table 4, GCN layers'
protocols = ('mAP', 'mAP_sample', 'wAP')
_image, _video = dict(paper_weights='ImageNet'), dict(paper_weights='ImageNet, inflated')
rows = [
    dict(name='COCO, 2 layers', config='configs/ablations/kssnet_r101_coco_2-layers.py', paper=dict(mAP=82.9),
         **_image),
    dict(name='COCO, 3 layers', config='configs/ablations/kssnet_r101_coco_3-layers.py', paper=dict(mAP=83.5),
         **_image),
    dict(name='COCO, 4 layers', config='configs/kssnet_r101_coco.py', paper=dict(mAP=83.7), **_image),
    dict(name='Charades, 2 layers', config='configs/ablations/kssnet_i3d_charades_2-layers.py', paper=dict(mAP=41.9),
         **_video),
    dict(name='Charades, 3 layers', config='configs/ablations/kssnet_i3d_charades_3-layers.py', paper=dict(mAP=43.8),
         **_video),
    dict(name='Charades, 4 layers', config='configs/kssnet_i3d_charades.py', paper=dict(mAP=44.9), **_video),
]
