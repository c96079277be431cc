# 2, 3 and 4 GCN layers, on both data sets: fewer leave out the first ones and their lateral connections.
title = 'Table 4, GCN layers'
protocols = ('mAP', 'mAP_sample', 'wAP')
_image = dict(config='configs/kssnet_r101_coco.py', paper_weights='ImageNet')
_video = dict(config='configs/kssnet_i3d_charades.py', paper_weights='ImageNet, inflated')
_stages, _channels = 'model.backbone.stages', 'model.backbone.gcn.out_channels'
rows = [
    dict(name='COCO, 2 layers', paper=dict(mAP=82.9), **_image,
         options={_stages: ('layer3', ), _channels: (1024, 2048)}),
    dict(name='COCO, 3 layers', paper=dict(mAP=83.5), **_image,
         options={_stages: ('layer2', 'layer3'), _channels: (512, 1024, 2048)}),
    dict(name='COCO, 4 layers', paper=dict(mAP=83.7), **_image),
    dict(name='Charades, 2 layers', paper=dict(mAP=41.9), **_video,
         options={_stages: ('Mixed_4f', ), _channels: (832, 1024)}),
    dict(name='Charades, 3 layers', paper=dict(mAP=43.8), **_video,
         options={_stages: ('Mixed_3c', 'Mixed_4f'), _channels: (480, 832, 1024)}),
    dict(name='Charades, 4 layers', paper=dict(mAP=44.9), **_video),
]
