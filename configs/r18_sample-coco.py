# The plain ResNet-18 on the sample images.
_base_ = [
    '_base_/models/r18.py', '_base_/datasets/sample_coco.py', '_base_/schedules/sample.py',
    '_base_/runtimes/image.py'
]
