# All of a project on videos of one's own but its labels, its files and its backbone, which tools/new_project.py
# writes into a config that inherits this one. A clip is one frame from each of 16 segments of a video.
_base_ = ['own_table.py', 'runtimes/video.py']
custom_hooks = {{_base_.own_data_hooks}}
model = dict(
    type='Recognizer3D',
    data_preprocessor=dict(
        type='ActionDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        format_shape='NCTHW'),
    cls_head=dict(type='KSSNetVideoHead', classifier=dict(type='LabelGraphClassifier')))
auto_scale_lr = dict(base_batch_size=8)
train_dataloader = dict(
    batch_size=8,
    dataset=dict(
        type='TableVideoMultiLabel',
        pipeline=[
            dict(type='SequentialVideoInit'),
            dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=16),
            dict(type='SequentialVideoDecode'),
            dict(type='mmaction.Resize', scale=(-1, 256)),
            dict(type='mmaction.RandomResizedCrop', area_range=(0.4, 1.0)),
            dict(type='mmaction.Resize', scale=(224, 224), keep_ratio=False),
            dict(type='mmaction.Flip', flip_ratio=0.5),
            dict(type='SegmentsToClip'),
            dict(type='mmaction.FormatShape', input_format='NCTHW'),
            dict(type='mmaction.PackActionInputs'),
        ]))
val_dataloader = dict(
    batch_size=8,
    dataset=dict(
        type='TableVideoMultiLabel',
        pipeline=[
            dict(type='SequentialVideoInit'),
            dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=16, test_mode=True),
            dict(type='SequentialVideoDecode'),
            dict(type='mmaction.Resize', scale=(-1, 256)),
            dict(type='mmaction.CenterCrop', crop_size=224),
            dict(type='SegmentsToClip'),
            dict(type='mmaction.FormatShape', input_format='NCTHW'),
            dict(type='mmaction.PackActionInputs'),
        ]))
test_dataloader = val_dataloader
