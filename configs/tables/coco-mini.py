# The trial on a few hundred photographs: all three arms tuned alike, see docs/experiments.md.
title = 'coco-mini: MobileNetV2, 320 photographs to train on, 132 to test'
protocols = ('mAP', 'wAP', 'CF1', 'OF1')
rows = [
    dict(name='plain backbone', config='configs/mobilenet-v2_coco-mini.py'),
    dict(name='KSSNet', config='configs/kssnet_mobilenet-v2_coco-mini.py'),
    dict(name='KSSNet, A = I', config='configs/kssnet_mobilenet-v2_coco-mini.py',
         options={'model.backbone.gcn.graph.control': 'identity'}),
]
