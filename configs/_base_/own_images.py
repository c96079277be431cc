# All of a project on photographs of one's own but its labels, its files and its backbone, which tools/new_project.py
# writes into a config that inherits this one.
_base_ = ['own_table.py', 'runtimes/image.py']
custom_hooks = {{_base_.own_data_hooks}}
model = dict(
    type='ImageClassifier',
    data_preprocessor=dict(
        to_onehot=True, mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375], to_rgb=True),
    train_cfg={{_base_.own_data_mixing}},
    head=dict(type='KSSNetHead', classifier=dict(type='LabelGraphClassifier')))
train_dataloader = dict(
    batch_size=32,
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='TableMultiLabel',
        pipeline=[
            dict(type='mmpretrain.LoadImageFromFile'),
            dict(type='mmpretrain.RandomResizedCrop', scale=224, crop_ratio_range=(0.4, 1.0)),
            dict(type='mmpretrain.RandomFlip', prob=0.5, direction='horizontal'),
            {{_base_.own_data_augmentation}},
            dict(type='mmpretrain.PackInputs'),
        ]))
val_dataloader = dict(
    batch_size=32,
    collate_fn=dict(type='default_collate'),
    dataset=dict(
        type='TableMultiLabel',
        # the whole picture, not a crop: a label may be at its edge
        pipeline=[
            dict(type='mmpretrain.LoadImageFromFile'),
            dict(type='mmpretrain.Resize', scale=(224, 224)),
            dict(type='mmpretrain.PackInputs'),
        ]))
test_dataloader = val_dataloader
