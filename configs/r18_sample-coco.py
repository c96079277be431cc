_base_ = [
    '_base_/models/r18.py', '_base_/datasets/sample_coco.py', '_base_/schedules/sample.py',
    '_base_/runtimes/image.py'
]
