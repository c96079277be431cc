# 6,000 + 2,000 photographs of COCO in its official format, short side 160, in data/coco-8k.
_base_ = ['coco-mini.py']
train_dataloader = dict(dataset=dict(data_root='data/coco-8k/'))
test_pipeline = [
    dict(type='mmpretrain.LoadImageFromFile'),
    dict(type='mmpretrain.Resize', scale=(160, 160)),
    dict(type='mmpretrain.PackInputs'),
]
val_dataloader = dict(batch_size=50, dataset=dict(data_root='data/coco-8k/', pipeline=test_pipeline))
test_dataloader = dict(batch_size=50, dataset=dict(data_root='data/coco-8k/', pipeline=test_pipeline))
