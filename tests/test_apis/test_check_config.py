"""What is said about a config before anything is built."""
import pytest
from mmengine.config import Config

from kssnet_mm.apis.check_config import check_model, check_run
from kssnet_mm.graphs import LabelTable
from kssnet_mm.models import LabelGCN, LabelGraphBackbone


def config(**changes):
    """A config of a training that is right, with changes at dotted paths."""
    cfg = Config(dict(
        model=dict(data_preprocessor=dict(num_classes=4), head=dict(num_classes=4),
                   backbone=dict(stages=['layer1'], gcn=dict(num_classes=4, out_channels=[8, 16]))),
        optim_wrapper=dict(optimizer=dict(type='AdamW', lr=1e-3), paramwise_cfg=dict(custom_keys={
            'backbone': dict(lr_mult=.1)})),
        param_scheduler=[dict(type='CosineAnnealingLR', T_max=3)], train_cfg=dict(max_epochs=3),
        val_evaluator=dict(type='MultiLabelScores'), custom_hooks=[dict(type='EarlyStoppingHook', monitor='OF1')],
        default_hooks=dict(checkpoint=dict(type='SafeCheckpointHook', save_best=['mAP', 'auto']))))
    cfg.merge_from_dict({key.replace('__', '.'): value for key, value in changes.items()})
    return cfg


def test_what_is_right_passes():
    check_run(config())
    check_run(Config(dict(model=dict(cls_head=dict(num_classes=3)), val_evaluator=None)))
    check_run(config(param_scheduler=[dict(type='LinearLR', by_epoch=False, begin=500),
                                      dict(type='MultiStepLR', begin=4, end=9)]))
    # what metrics of others report is not known
    check_run(config(val_evaluator=[dict(type='MultiLabelScores'), dict(type='Accuracy')],
                     default_hooks__checkpoint__save_best='accuracy/top1'))
    check_run(config(val_evaluator__prefix='val', default_hooks__checkpoint__save_best='val/mAP',
                     custom_hooks=None))
    check_run(Config(dict(model=dict(backbone=dict(depth=18)), efficient_conv_bn_eval='backbone', compile=True)))


@pytest.mark.parametrize('changes, said', [
    (dict(model__head__num_classes=5), 'model.backbone.gcn.num_classes=4, model.head.num_classes=5, '
     'model.data_preprocessor.num_classes=4'),
    (dict(model__backbone__gcn__num_classes=80), 'different numbers of classes'),
    (dict(data_preprocessor=dict(num_classes=3)), 'data_preprocessor.num_classes=3'),
    (dict(model__backbone__gcn__out_channels=32),
     'model.backbone.gcn.out_channels must be a list, got 32: write [32]'),
    (dict(model__backbone__stages='layer1'), "model.backbone.stages must be a list, got 'layer1': write ['layer1']"),
    (dict(optim_wrapper__optimizer__lr='1e-3'), "optim_wrapper.optimizer.lr must be a number, got the text '1e-3'"),
    (dict(optim_wrapper__optimizer__lr='fast'),
     "optim_wrapper.optimizer.lr must be a number of 0 or more, got 'fast'"),
    (dict(optim_wrapper__optimizer__lr=-1), 'must be a number of 0 or more, got -1'),
    (dict(optim_wrapper__paramwise_cfg=dict(custom_keys=dict(head=dict(lr_mult='10')))),
     "optim_wrapper.paramwise_cfg.custom_keys.head.lr_mult must be a number, got the text '10'"),
    (dict(param_scheduler=[dict(type='MultiStepLR', milestones=['3', 4])]),
     "param_scheduler.0.milestones.0 must be a number, got the text '3'"),
    (dict(train_cfg__max_epochs='3'), "train_cfg.max_epochs must be a number, got the text '3'"),
    (dict(default_hooks__checkpoint__save_best='map'), "default_hooks.checkpoint.save_best='map' is none of the "
     'metrics of val_evaluator: mAP, '),
    (dict(default_hooks__checkpoint__save_best=['mAP', 'OF']), "save_best='OF' is none"),
    (dict(val_evaluator__items=['mAP']), "custom_hooks.0.monitor='OF1' is none of the metrics of val_evaluator: mAP"),
    (dict(param_scheduler=[dict(type='ReduceOnPlateauLR', monitor='F1')]), "param_scheduler.0.monitor='F1' is none"),
    (dict(param_scheduler=[dict(type='LinearLR', end=4), dict(type='CosineAnnealingLR', begin=4)]),
     'param_scheduler.1 begins at epoch 4, and train_cfg.max_epochs is 3'),
    (dict(strategy=dict(type='FSDPStrategy')), 'strategy.type=FSDPStrategy is not supported'),
    (dict(model_wrapper_cfg=dict(type='mmengine.MMFullyShardedDataParallel')),
     'model_wrapper_cfg.type=MMFullyShardedDataParallel is not supported'),
    (dict(efficient_conv_bn_eval='backbone'), 'efficient_conv_bn_eval is not supported with a label graph'),
    (dict(compile='inductor'), "compile must be True, False or the arguments of torch.compile, got 'inductor'"),
])
def test_what_is_wrong_is_named(changes, said):
    with pytest.raises(ValueError) as error:
        check_run(config(**changes))
    assert said in str(error.value) and '\n' not in str(error.value)


def test_the_parts_say_it_too():
    with pytest.raises(ValueError, match=r'out_channels must be a list, one entry a layer, got 32: write \[32\]'):
        LabelGCN(num_classes=2, out_channels=32)
    with pytest.raises(ValueError, match=r"stages must be a list of names, got 'layer1': write \['layer1'\]"):
        LabelGraphBackbone(dict(type='no backbone is built before'), dict(type='LabelGCN'), stages='layer1')
    with pytest.raises(ValueError, match=r"items must be a list of names, got 'mAP'"):
        check_run(config(val_evaluator__items='mAP'))


def test_check_model_alone_leaves_the_training_alone():
    check_model(config(optim_wrapper__optimizer__lr='1e-3'))
