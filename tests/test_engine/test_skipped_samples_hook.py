"""Skipped samples are totalled over workers and processes at each epoch's end, and in a test's result."""
import logging

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset, DefaultSampler, pseudo_collate
from mmengine.model import BaseModel
from mmengine.registry import DATASETS
from mmengine.runner import Runner
from processes import in_two_processes

from kssnet_mm.engine import skipped_samples_hook as hook
from kssnet_mm.engine.skipped_samples_hook import counting


class Model(BaseModel):
    """Learns nothing."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, inputs, data_samples=None, mode='tensor'):
        return dict(loss=self.weight.sum()) if mode == 'loss' else data_samples


@pytest.fixture
def table(tmp_path):
    """Six images, of which two are none."""
    (tmp_path / 't.csv').write_text('id,labels\n' + ''.join(f'{k}.png,cat\n' for k in range(6)))
    for k in range(4):
        cv2.imwrite(str(tmp_path / f'{k}.png'), np.full((8, 8, 3), k, dtype=np.uint8))
    (tmp_path / '4.png').write_text('no image')
    return tmp_path


def dataset(root, **kwargs):
    return dict(type='TableMultiLabel', data_root=str(root), ann_file='t.csv', classes=['cat', 'dog'],
                on_bad_media='resample', max_refetch=1000,
                pipeline=[dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')], **kwargs)


def loader(root, workers):
    # the samples that are drawn instead may be bad again: the whole ones are drawn with certainty
    data = DATASETS.build(dataset(root))
    data._rand_another = lambda: 0
    return torch.utils.data.DataLoader(data, batch_size=2, num_workers=workers, collate_fn=lambda batch: dict(
        inputs=[sample['inputs'] for sample in batch], data_samples=[sample['data_samples'] for sample in batch]))


@pytest.mark.parametrize('workers', [0, 2])
def test_epochs_and_tests_say_how_many(table, tmp_path, monkeypatch, workers, caplog):
    monkeypatch.setattr('kssnet_mm.engine.skipped_samples_hook.all_reduce', lambda total: total.mul_(3))  # 3 processes
    messages = []
    monkeypatch.setattr('kssnet_mm.engine.skipped_samples_hook.print_log',
                        lambda text, logger, level: messages.append((level, text)))
    runner = Runner(Model(), str(tmp_path / 'work'), train_dataloader=loader(table, workers), train_cfg=dict(
        by_epoch=True, max_epochs=2), optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
        test_dataloader=loader(table, workers), test_cfg=dict(), test_evaluator=dict(type='MultiLabelScores'),
        default_scope='mmengine', experiment_name=f'skipped{workers}',
        custom_hooks=[dict(type='SkippedSamplesHook')], log_level='ERROR')
    runner.train()
    expected = [f'Epoch(train) [{epoch}]: 6 samples could not be read and were replaced by others, {6 * epoch} so far'
                for epoch in (1, 2)]
    assert messages == [(logging.WARNING, text) for text in expected]
    monkeypatch.setattr(runner.test_evaluator, 'process', lambda *args, **kwargs: None)
    monkeypatch.setattr(runner.test_evaluator, 'evaluate', lambda size: dict(mAP=1.))
    assert runner.test() == dict(mAP=1., skipped_samples=6)
    assert 'others were scored in their places' in messages[-1][1]


def test_wrappers_are_looked_into(table):
    parts = [DATASETS.build(dataset(table)) for _ in range(2)]
    both = ConcatDataset(parts)

    class Passing:
        """Passes on what it is asked for."""

        def __init__(self, dataset):
            self.dataset = dataset

        def __getattr__(self, name):
            return getattr(self.dataset, name)

    for whole in (both, Passing(both), Passing(Passing(both))):
        assert {id(part) for part in counting(whole)} == {id(part) for part in parts} and len(counting(whole)) == 2
    assert counting(Passing(parts[0])) == [parts[0]] and counting([]) == []


def test_the_total_of_two_processes_with_two_workers_each(table, tmp_path):
    """Real ones. Images 4 and 5 of six are none; of the samplers' halves 0 2 4 and 1 3 5 each has one."""

    def train(rank):
        messages = []
        hook.print_log = lambda text, logger, level: messages.append(text)
        data = DATASETS.build(dataset(table))
        data._rand_another = lambda: 0  # the one that is drawn instead is whole
        data = torch.utils.data.DataLoader(data, batch_size=1, num_workers=2, sampler=DefaultSampler(data, shuffle=False),
                                           persistent_workers=True, collate_fn=pseudo_collate)
        runner = Runner(Model(), str(tmp_path / 'work'), train_dataloader=data, train_cfg=dict(by_epoch=True, max_epochs=2),
                        optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)), default_scope='mmengine',
                        custom_hooks=[dict(type='SkippedSamplesHook')], log_level='ERROR', experiment_name='two',
                        launcher='pytorch', env_cfg=dict(dist_cfg=dict(backend='gloo')), cfg=dict(model_wrapper_cfg=dict(
                            type='MMDistributedDataParallel', device_ids=None, broadcast_buffers=False)))
        runner.train()
        assert data.dataset.bad_media == 2  # here: one in each epoch
        assert messages == [f'Epoch(train) [{epoch}]: 2 samples could not be read and were replaced by others, '
                            f'{2 * epoch} so far' for epoch in (1, 2)], messages

    in_two_processes(tmp_path, train)
