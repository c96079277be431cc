# Table 2: ResNet-101-I3D with non-local blocks, trained as the others.
_base_ = [
    '_base_/models/r101-i3d-nl.py',
    '_base_/datasets/charades_64x224.py', '_base_/schedules/charades_adam.py', '_base_/runtimes/video.py'
]
