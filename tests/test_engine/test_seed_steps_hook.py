"""Random numbers of a training: the same after a resume, whatever the workers, and never twice the same."""
import random

import numpy as np
import pytest
import torch
from mmengine.dataset import DefaultSampler
from toy_training import ToyData, trained

from kssnet_mm.engine.numbered_samples import NumberedBatches, NumberedDataset, set_random_states


def seen(runner) -> torch.Tensor:
    """(samples, 4): what the model was given, in order."""
    return torch.cat(runner.model.seen)


def weights(runner) -> list:
    return [value for key, value in runner.model.state_dict().items() if key != 'label_keys']


def equal(a, b) -> bool:
    return torch.equal(seen(a), seen(b)) and all(map(torch.equal, weights(a), weights(b)))


def test_workers_make_no_difference_and_no_sample_repeats(tmp_path):
    runs = [trained(tmp_path / str(workers), workers=workers) for workers in (0, 1, 2)]
    assert equal(runs[0], runs[1]) and equal(runs[0], runs[2])
    for column in seen(runs[0])[:, 1:].t():  # 3 epochs of 8 samples: each draws numbers of its own
        assert len(column.unique()) == 24
    assert not equal(runs[0], trained(tmp_path / 'other', seed=1))


def test_nor_in_a_loop_that_counts_iterations(tmp_path):
    """Its workers ask for two batches each before the first epoch begins."""
    runs = []
    for workers in (0, 1, 2):
        loader = dict(batch_size=2, num_workers=workers, dataset=dict(type='ToyData'), persistent_workers=workers > 0,
                      sampler=dict(type='InfiniteSampler', shuffle=True))
        runs.append(trained(tmp_path / str(workers), train_dataloader=loader, checkpoint=dict(by_epoch=False),
                            loop=dict(by_epoch=False, max_iters=9, val_interval=99)))
    assert equal(runs[0], runs[1]) and equal(runs[0], runs[2])
    for column in seen(runs[0])[:, 1:].t():
        assert len(column.unique()) == 18


@pytest.mark.parametrize('workers', [0, 2])
def test_epochs_after_a_resume_are_those_of_an_uninterrupted_run(tmp_path, workers):
    straight = trained(tmp_path / 'a', workers=workers)
    trained(tmp_path / 'b', workers=workers, epochs=2)
    resumed = trained(tmp_path / 'b', workers=workers, resume=True)
    assert torch.equal(seen(straight)[16:], seen(resumed))
    assert all(map(torch.equal, weights(straight), weights(resumed)))


@pytest.mark.parametrize('sampler', ['InfiniteSampler', 'DefaultSampler'])
def test_iterations_after_a_resume_too(tmp_path, sampler, monkeypatch):
    """A loop that counts iterations, resumed in the middle of a pass through the data."""
    # mmengine waits 2 s before another pass
    monkeypatch.setattr('mmengine.runner.loops.time.sleep', lambda seconds: None)

    def run(folder, iterations, **kwargs):
        loader = dict(batch_size=2, num_workers=1, persistent_workers=True, dataset=dict(type='ToyData'),
                      sampler=dict(type=sampler, shuffle=True))
        return trained(folder, train_dataloader=loader, loop=dict(by_epoch=False, max_iters=iterations, val_interval=99),
                       checkpoint=dict(by_epoch=False, interval=2), **kwargs)

    straight = run(tmp_path / 'a', 5)
    run(tmp_path / 'b', 2)
    resumed = run(tmp_path / 'b', 5, resume=True)
    assert len(seen(straight)) == 10 and torch.equal(seen(straight)[4:], seen(resumed))
    assert all(map(torch.equal, weights(straight), weights(resumed)))


def test_a_run_without_a_seed_keeps_the_one_it_drew(tmp_path):
    first = trained(tmp_path / 'a', epochs=2, seed=None)
    resumed = trained(tmp_path / 'a', resume=True, seed=None)
    again = trained(tmp_path / 'b', seed=first.seed)
    assert resumed.seed == first.seed
    assert torch.equal(seen(again)[16:], seen(resumed))


def test_a_sample_that_comes_twice_in_an_epoch_is_augmented_twice():
    """As repeated augmentation needs it."""
    batches = NumberedBatches([[3, 3], [3]], seed=0, rank=0)
    data = NumberedDataset(ToyData())
    rows = [data[index]['inputs'] for batch in batches for index in batch]
    assert len({tuple(row.tolist()) for row in rows}) == 3
    batches.start(0)
    assert torch.equal(data[next(iter(batches))[1]]['inputs'], rows[1])
    assert not torch.equal(data[next(iter(NumberedBatches([[3]], seed=0, rank=1)))[0]]['inputs'], rows[0])


def test_every_number_of_a_key_counts():
    drawn = set()
    keys = [(0, 0), (0, 1), (1, 0), (0, 0, 1), (2**31 - 1, 5), (2**40, 5)]
    for key in keys:
        set_random_states(*key)
        drawn.add((random.random(), np.random.rand(), torch.rand(()).item()))
    assert len(drawn) == len(keys)
    set_random_states(*keys[1])
    assert (random.random(), np.random.rand(), torch.rand(()).item()) in drawn


def test_what_stands_before_a_data_set_passes_attributes_on():
    inner = ToyData()
    data = NumberedDataset(inner)
    data.pipeline = 'new'
    assert inner.pipeline == 'new' and data.metainfo is inner.metainfo and len(data) == 8
    assert not hasattr(data, '__getitems__') and not hasattr(data, 'absent')
    batches = NumberedBatches(torch.utils.data.BatchSampler(DefaultSampler(inner, seed=0), 4, True), 0, 0)
    assert len(batches) == 2 and batches.sampler.seed == 0
