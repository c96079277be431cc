# Inception-I3D as in kssnet_i3d_charades.py, from scratch on the small clips of the sample data.
_base_ = ['kssnet_i3d-r18_sample-charades.py']
num_classes = 12
model = dict(
    backbone=dict(
        backbone=dict(_delete_=True, type='InceptionI3D'),
        gcn=dict(out_channels=(192, 480, 832, 1024)),
        stages=('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')),
    cls_head=dict(in_channels=1024))
