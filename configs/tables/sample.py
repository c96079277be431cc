# The sample data: minutes on two CPU cores. Make it first: python tools/make_sample_data.py
title = 'Sample data'
protocols = ('mAP', 'mAP_sample', 'CF1', 'OF1')
_image, _video = 'configs/kssnet_r18_sample-coco.py', 'configs/kssnet_i3d-r18_sample-charades.py'
_graph = 'model.backbone.gcn.graph.'
rows = [
    dict(name='image, plain', config='configs/r18_sample-coco.py'),
    dict(name='image, KSSNet', config=_image),
    dict(name='image, A = I', config=_image, options={_graph + 'control': 'identity'}),
    dict(name='image, statistics', config=_image, options={_graph + 'lam': 1.0}),
    dict(name='image, knowledge', config=_image, options={_graph + 'lam': 0.0}),
    dict(name='image, labels shuffled', config=_image, options={_graph + 'control': 'shuffle'}),
    dict(name='image, 3 layers', config=_image, options={
        'model.backbone.stages': ['layer2', 'layer3'], 'model.backbone.gcn.out_channels': [64, 128, 256]}),
    dict(name='image, GCN without LC', config=_image, options={'model.backbone.stages': []}),
    dict(name='video, plain', config='configs/i3d-r18_sample-charades.py'),
    dict(name='video, KSSNet', config=_video),
    dict(name='video, A = I', config=_video, options={_graph + 'control': 'identity'}),
    dict(name='video, LC after the pool', config=_video, options={
        'model.backbone.stages': ['pool2', 'layer2', 'layer3']}),
]
