"""Labels of a data set against those of a model, by themselves and through mmengine's runner."""
import logging
import types

import numpy as np
import pytest
import torch
from mmengine.dataset import BaseDataset
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.runner import Runner

from kssnet_mm.engine.check_labels_hook import CheckLabelsHook, check_labels
from kssnet_mm.graphs import LabelGraph
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import DATASETS, METRICS, MODELS

NAMES = ['cup', 'Tennis racket', 'dog']


def test_order_and_names_are_told_apart():
    keys = label_keys(NAMES)
    check_labels(keys, NAMES)
    check_labels(keys, ['cup', 'tennis_racket', 'dog'])  # spelled otherwise, the same label
    with pytest.raises(ValueError, match="another order: 0 is 'dog' in the data set and 'cup' in the model; "
                                         "2 is 'cup' in the data set and 'dog' in the model. Build"):
        check_labels(keys, ['dog', 'tennis racket', 'cup'])
    with pytest.raises(ValueError, match="3 classes and 3 labels, only the data set has 'cat'; only the model has "
                                         "'dog'. Build"):
        check_labels(keys, ['cup', 'tennis racket', 'cat'], known=NAMES)
    with pytest.raises(ValueError, match='only the model has one whose name is not on record'):
        check_labels(keys, ['cup', 'tennis racket', 'cat'])
    with pytest.raises(ValueError, match="2 classes and 3 labels, only the model has 'dog'"):
        check_labels(keys, NAMES[:2], known=NAMES)
    with pytest.raises(ValueError, match='4 classes and 3 labels, some of them twice'):
        check_labels(keys, NAMES + ['DOG'])


def test_long_lists_are_cut():
    names = [f'n{i}' for i in range(20)]
    with pytest.raises(ValueError, match="7 is 'n12' in the data set and 'n7' in the model and 12 more"):
        check_labels(label_keys(names), names[::-1])


@DATASETS.register_module(force=True)
class SamplesForCheckLabels(BaseDataset):

    def load_data_list(self):
        return [dict(x=np.float32(i)) for i in range(2)]


@MODELS.register_module(force=True)
class ModelForCheckLabels(BaseModel):
    """A LabelGCN and nothing else."""

    def __init__(self, graph):
        super().__init__()
        self.gcn = MODELS.build(dict(type='LabelGCN', num_classes=3, in_channels=2, out_channels=(2, ), graph=graph))

    def forward(self, x, sample_idx, mode='tensor'):
        total = self.gcn()[-1].sum()
        return dict(loss=total) if mode == 'loss' else [total]


@METRICS.register_module(force=True)
class MetricForCheckLabels(BaseMetric):

    def process(self, data_batch, data_samples):
        self.results.append(0)

    def compute_metrics(self, results):
        return dict(x=0.)


@pytest.fixture()
def runner(tmp_path):
    """Builds a runner that trains one step, or tests, with the given classes and graph labels."""
    count = iter(range(100))

    def build(classes, labels, load_from=None, val_classes=None):
        file = str(tmp_path / f'graph{next(count)}.npz')
        LabelGraph(labels, np.eye(3), embedding=np.ones((3, 2))).save(file)
        loader = dict(batch_size=2, num_workers=0, sampler=dict(type='DefaultSampler', shuffle=False),
                      dataset=dict(type='SamplesForCheckLabels', metainfo=dict(classes=classes) if classes else {}))
        validation = {} if val_classes is None else dict(
            val_dataloader=dict(loader, dataset=dict(loader['dataset'], metainfo=dict(classes=val_classes))),
            val_cfg=dict(), val_evaluator=dict(type='MetricForCheckLabels'))
        return Runner.from_cfg(dict(
            default_scope='mmengine', work_dir=str(tmp_path), experiment_name=f'check{next(count)}',
            model=dict(type='ModelForCheckLabels', graph=file), load_from=load_from,
            train_dataloader=loader, train_cfg=dict(by_epoch=True, max_epochs=1),
            optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
            test_dataloader=loader, test_cfg=dict(), test_evaluator=dict(type='MetricForCheckLabels'),
            custom_hooks=[dict(type='CheckLabelsHook')], log_level='ERROR', **validation))

    return build


def test_a_runner_refuses_to_train_in_another_order(runner):
    runner(NAMES, NAMES).train()
    with pytest.raises(ValueError, match="another order: 0 is 'dog' in the data set and 'cup' in the model"):
        runner(NAMES[::-1], NAMES).train()
    # the graph's file names what the hashes in the model stand for
    with pytest.raises(ValueError, match="only the data set has 'cat'; only the model has 'dog'"):
        runner(NAMES[:2] + ['cat'], NAMES).train()


def test_a_runner_refuses_to_validate_in_another_order(runner, tmp_path):
    runner(NAMES, NAMES, val_classes=NAMES).train()
    with pytest.raises(ValueError, match="another order: 0 is 'dog' in the data set and 'cup' in the model"):
        runner(NAMES, NAMES, val_classes=NAMES[::-1]).train()
    with pytest.raises(ValueError, match="another order: 0 is 'dog' in the data set and 'cup' in the model"):
        runner(NAMES, NAMES, str(tmp_path / 'epoch_1.pth'), val_classes=NAMES[::-1]).val()


def test_a_runner_refuses_to_test_a_checkpoint_of_other_labels(runner, tmp_path):
    runner(NAMES, NAMES).train()
    checkpoint = str(tmp_path / 'epoch_1.pth')
    assert torch.load(checkpoint, map_location='cpu')['state_dict']['gcn.label_keys'].all()
    runner(NAMES, NAMES, checkpoint).test()
    other = NAMES[:2] + ['cat']
    # the graph's file has the data set's labels, the checkpoint has not: its own names are in the error
    with pytest.raises(ValueError, match="only the data set has 'cat'; only the model has 'dog'"):
        runner(other, other, checkpoint).test()


def test_a_data_set_without_names_is_not_checked_and_said_so(runner, caplog):
    started = runner(None, NAMES)
    with caplog.at_level(logging.WARNING, logger=started.logger.name):
        started.logger.addHandler(caplog.handler)
        started.train()
    assert 'SamplesForCheckLabels does not name its classes' in caplog.text


def test_a_deployed_head_is_checked_too():
    """It has no LabelGCN any more, but a buffer of the same name."""

    model = torch.nn.Module()
    model.head = torch.nn.Module()
    model.head.register_buffer('label_keys', label_keys(['cat', 'dog']))
    runner = types.SimpleNamespace(model=model)
    dataset = types.SimpleNamespace(metainfo=dict(classes=['cat', 'dog']))
    CheckLabelsHook()._check(runner, dataset)
    dataset.metainfo['classes'] = ['dog', 'cat']
    with pytest.raises(ValueError, match='another order'):
        CheckLabelsHook()._check(runner, dataset)


def test_a_model_without_a_graph_is_compared_by_the_names_in_its_checkpoint():
    hook = CheckLabelsHook()
    runner = types.SimpleNamespace(model=torch.nn.Linear(1, 1), test_dataloader=types.SimpleNamespace(
        dataset=types.SimpleNamespace(metainfo=dict(classes=NAMES))))
    hook.before_test(runner)
    hook.after_load_checkpoint(runner, dict(meta=dict(dataset_meta=dict(classes=['cup', 'tennis_racket', 'DOG']))))
    hook.before_test(runner)
    hook.after_load_checkpoint(runner, dict(meta=dict(dataset_meta=dict(classes=NAMES[::-1]))))
    with pytest.raises(ValueError, match="not those of the checkpoint: .* 0 is 'cup' in the data set and 'dog' in"):
        hook.before_test(runner)
    hook.after_train(runner)  # of a network that began with those weights
    hook.before_test(runner)


def test_thresholds_by_class_name_are_matched_with_the_data_set():
    model = torch.nn.Module()
    model.head = MODELS.build(dict(type='KSSNetHead', num_classes=2, in_channels=2, thr=dict(dog=.75, cat=.25)))
    CheckLabelsHook()._check(types.SimpleNamespace(model=model),
                             types.SimpleNamespace(metainfo=dict(classes=['cat', 'dog'])))
    assert model.head.thr.tolist() == [.25, .75]
