# The plain ResNet-101 with global max pooling on MS-COCO 2014.
_base_ = ['r101_coco.py']
model = dict(head=dict(classifier=dict(pool='max')))
