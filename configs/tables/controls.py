# Beyond the paper.
title = 'Controls that belong beside every number of KSSNet'
protocols = ('mAP', 'mAP_sample', 'wAP', 'CF1', 'OF1')
rows = [
    dict(name='COCO, KSSNet', config='configs/kssnet_r101_coco.py', paper_weights='ImageNet'),
    dict(name='COCO, A = I', config='configs/ablations/kssnet_r101_coco_identity.py'),
    dict(name='COCO, labels shuffled', config='configs/ablations/kssnet_r101_coco_shuffle.py'),
    dict(name='COCO, random embeddings', config='configs/ablations/kssnet_r101_coco_random-embeddings.py'),
    dict(name='COCO, LC without GCN', config='configs/ablations/kssnet_r101_coco_lc-without-gcn.py'),
    dict(name='COCO, GCN without LC', config='configs/ablations/kssnet_r101_coco_gcn-without-lc.py'),
    dict(name='Charades, KSSNet', config='configs/kssnet_i3d_charades.py', paper_weights='ImageNet, inflated'),
    dict(name='Charades, A = I', config='configs/ablations/kssnet_i3d_charades_identity.py'),
    dict(name='Charades, labels shuffled', config='configs/ablations/kssnet_i3d_charades_shuffle.py'),
    dict(name='Charades, random embeddings', config='configs/ablations/kssnet_i3d_charades_random-embeddings.py'),
    dict(name='Charades, LC without GCN', config='configs/ablations/kssnet_i3d_charades_lc-without-gcn.py'),
    dict(name='Charades, GCN without LC', config='configs/ablations/kssnet_i3d_charades_gcn-without-lc.py'),
]
