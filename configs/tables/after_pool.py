# Lateral connections before the pools, where the paper has them, or after them, on the sample data.
title = 'Sample data: lateral connections before or after the pools'
protocols = ('mAP', 'mAP_sample', 'CF1', 'OF1')
_r18, _i3d = 'configs/kssnet_i3d-r18_sample-charades.py', 'configs/kssnet_i3d_sample-charades.py'
rows = [
    dict(name='ResNet3d-18, before', config=_r18),
    dict(name='ResNet3d-18, after', config=_r18, options={'model.backbone.stages': ['pool2', 'layer2', 'layer3']}),
    dict(name='Inception-I3D, before', config=_i3d),
    dict(name='Inception-I3D, after', config=_i3d, options={
        'model.backbone.stages': ['MaxPool3d_3a_3x3', 'MaxPool3d_4a_3x3', 'MaxPool3d_5a_2x2']}),
]
