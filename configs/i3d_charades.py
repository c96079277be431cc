# The plain Inception-I3D on Charades, trained as KSSNet is.
_base_ = [
    '_base_/models/i3d.py', '_base_/datasets/charades_64x224.py', '_base_/schedules/charades_adam.py',
    '_base_/runtimes/video.py'
]
