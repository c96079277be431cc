# The plain ResNet3d-18 on the sample videos.
_base_ = [
    '_base_/models/i3d-r18.py', '_base_/datasets/sample_charades.py', '_base_/schedules/sample.py',
    '_base_/runtimes/video.py'
]
train_cfg = dict(max_epochs=6, val_interval=6)
auto_scale_lr = dict(base_batch_size=16)
