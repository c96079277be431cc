# Table 2: SlowFast ResNet-101, trained as the others.
_base_ = [
    '_base_/models/slowfast_r101.py',
    '_base_/datasets/charades_64x224.py', '_base_/schedules/charades_adam.py', '_base_/runtimes/video.py'
]
