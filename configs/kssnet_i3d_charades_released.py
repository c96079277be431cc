# KSSNet on Charades as the authors' released code has it; every difference from the paper's settings
# stands here.
_base_ = ['kssnet_i3d_charades.py']
model = dict(
    # ImageNet's mean and deviation of colours
    data_preprocessor=dict(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375]),
    backbone=dict(
        # low-rank weights with a bias, from a uniform distribution; the superimposed graph is normalised once more
        gcn=dict(rank='released', bias=True, weight_init='uniform', graph=dict(preset='released_charades')),
        lateral=dict(zero_init=False)),
    # tanh on the last embedding and a linear layer beside it
    cls_head=dict(classifier=dict(tanh=True, fc=True)))
# multi-scale crops; mmaction2's transform leaves them at their sizes
train_dataloader = dict(
    dataset=dict(pipeline=[
        dict(type='SequentialVideoInit'),
        dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=64),
        dict(type='SequentialVideoDecode'),
        dict(type='mmaction.Resize', scale=(-1, 256)),
        dict(
            type='mmaction.MultiScaleCrop',
            input_size=224,
            scales=(1, .875, .75, .66, .5),
            max_wh_scale_gap=2,
            num_fixed_crops=13),
        dict(type='mmaction.Resize', scale=(224, 224), keep_ratio=False),
        dict(type='mmaction.Flip', flip_ratio=0.5),
        dict(type='SegmentsToClip'),
        dict(type='mmaction.FormatShape', input_format='NCTHW'),
        dict(type='mmaction.PackActionInputs'),
    ]))
# one rate for all (the released code's multipliers are overwritten), decay on biases too, clipping
optim_wrapper = dict(
    _delete_=True,
    optimizer=dict(type='Adam', lr=1e-3, betas=(0.9, 0.999), weight_decay=1e-4),
    clip_grad=dict(max_norm=10))
# the released code's "mAP" is the mean over videos of their AP
default_hooks = dict(checkpoint=dict(save_best='mAP_sample'))
