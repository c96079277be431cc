# What projects on photographs and on videos of one's own share; docs/training.md says what each part is for.
_base_ = ['schedules/own_data.py']
model = dict(
    backbone=dict(
        type='LabelGraphBackbone',
        gcn=dict(
            type='LabelGCN',
            last_std=0.01,
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph', source=dict(type='LabelTable'), estimator='conditional')))))
train_dataloader = dict(
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(ann_file='train.csv', classes='classes.txt'))
val_dataloader = dict(
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(ann_file='val.csv', classes='classes.txt', test_mode=True))
test_dataloader = val_dataloader
val_evaluator = dict(type='MultiLabelScores')
test_evaluator = val_evaluator
