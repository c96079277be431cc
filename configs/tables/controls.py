# The paper does not have them.
title = 'Controls that belong beside every number of KSSNet'
protocols = ('mAP', 'mAP_sample', 'wAP', 'CF1', 'OF1')
_graph, _gcn = 'model.backbone.gcn.graph', 'model.backbone.gcn'


def _controls(data, config, folder, num_classes, channels):
    """The controls of one data set: a name and what it overrides."""
    free = dict(_delete_=True, type='LabelEmbedding', num_classes=num_classes, out_channels=channels)
    random = dict(
        embedding=dict(_delete_=True, type='RandomEmbedding', dim=300), file=f'{folder}/label_graph_random.npz')
    overrides = {
        'A = I': {_graph: dict(control='identity')},
        'labels shuffled': {_graph: dict(control='shuffle', seed=0)},
        'random embeddings': {_graph: random},
        'LC without GCN': {_gcn: free},
        'GCN without LC': {'model.backbone.stages': ()},
    }
    return [dict(name=f'{data}, {name}', config=config, options=options) for name, options in overrides.items()]


_coco, _charades = 'configs/kssnet_r101_coco.py', 'configs/kssnet_i3d_charades.py'
rows = [
    dict(name='COCO, KSSNet', config=_coco, paper_weights='ImageNet'),
    *_controls('COCO', _coco, 'data/coco', 80, (256, 512, 1024, 2048)),
    dict(name='Charades, KSSNet', config=_charades, paper_weights='ImageNet, inflated'),
    *_controls('Charades', _charades, 'data/charades', 157, (192, 480, 832, 1024)),
]
