# The plain ResNet-101 on MS-COCO 2014, trained as KSSNet is.
_base_ = [
    '_base_/models/r101.py', '_base_/datasets/coco2014_448.py',
    '_base_/schedules/coco_adam_100e.py', '_base_/runtimes/image.py'
]
