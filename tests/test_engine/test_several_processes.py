"""Two processes: one mean loss, one batch norm, one decision."""
import copy
from types import SimpleNamespace

import pytest
import torch
from processes import in_two_processes
from torch import nn
from toy_training import names, toy_runner

from kssnet_mm.engine import AverageBatchNormHook, MeanLossHook
from kssnet_mm.checkpoints import CheckpointError, read_checkpoint

DISTRIBUTED = dict(
    launcher='pytorch', env_cfg=dict(dist_cfg=dict(backend='gloo')),
    model_wrapper_cfg=dict(type='MMDistributedDataParallel', device_ids=None, broadcast_buffers=False))
HOOKS = [dict(type='AverageBatchNormHook'), dict(type='MeanLossHook')]


def test_the_logged_loss_is_the_mean(tmp_path):

    def check(rank):
        weight = nn.Parameter(torch.tensor(2.))
        loss = weight * (1. + rank)  # 2 and 4
        outputs = dict(loss=loss, acc=torch.tensor(10. * rank), count=torch.tensor(rank), note='x')
        MeanLossHook().after_train_iter(None, 0, outputs=outputs)
        assert outputs['loss'].item() == 3. and outputs['acc'].item() == 5.
        assert outputs['count'].item() == rank and outputs['note'] == 'x'
        loss.backward()  # its own
        assert weight.grad.item() == 1. + rank

    in_two_processes(tmp_path, check)


def test_running_statistics_are_averaged_and_nothing_else(tmp_path):
    keys = 2**62 + 1  # a float has no room for it

    def check(rank):
        model = nn.Sequential(nn.BatchNorm1d(2), nn.BatchNorm1d(2, track_running_stats=False), nn.Linear(2, 2))
        model.register_buffer('label_keys', torch.tensor([keys]))
        model.register_buffer('scale', torch.tensor([float(rank)]))
        model[0].running_mean = torch.tensor([1., 10.]) * (rank + 1)
        model[0].running_var = torch.tensor([2., 4.]) * (rank + 1)
        model[0].num_batches_tracked += 7
        averaged = copy.deepcopy(model)
        averaged[0].running_mean += 1
        runner = SimpleNamespace(model=model, hooks=[SimpleNamespace(ema_model=averaged)], train_loop=None)
        AverageBatchNormHook().after_train_epoch(runner)
        assert model[0].running_mean.tolist() == [1.5, 15.] and model[0].running_var.tolist() == [3., 6.]
        assert averaged[0].running_mean.tolist() == [2.5, 16.]
        assert model.label_keys.item() == keys and model.scale.item() == rank
        assert model[0].num_batches_tracked.item() == 7

    in_two_processes(tmp_path, check)


@pytest.mark.parametrize('by_epoch', [True, False])
def test_the_score_of_a_validation_is_that_of_its_checkpoint(tmp_path, by_epoch):
    """Without the average each process evaluates a model of its own, of which one is saved."""
    loop = dict(by_epoch=True, max_epochs=1) if by_epoch else dict(by_epoch=False, max_iters=2, val_interval=2)

    def train(rank):
        toy_runner(tmp_path / 'wd', loop=loop, hooks=HOOKS, checkpoint=dict(by_epoch=by_epoch, interval=1),
                   **DISTRIBUTED).train()

    in_two_processes(tmp_path, train)
    path = tmp_path / 'wd' / ('epoch_1.pth' if by_epoch else 'iter_2.pth')
    told = read_checkpoint(path)['message_hub']['runtime_info']['best_score']
    runner = toy_runner(tmp_path / 'test', load_from=str(path))
    runner.load_or_resume()
    tested = runner.val_loop.run()
    assert told == pytest.approx(tested['score'], rel=1e-5) and told != 0


def test_two_processes_resume_to_the_same_bits(tmp_path):

    def train(folder, **settings):
        return lambda rank: toy_runner(tmp_path / folder, workers=1, hooks=HOOKS, **settings, **DISTRIBUTED).train()

    for number, job in enumerate((train('a'), train('b', epochs=2), train('b', resume=True))):
        (tmp_path / str(number)).mkdir()
        in_two_processes(tmp_path / str(number), job)
    a, b = (read_checkpoint(tmp_path / folder / 'epoch_3.pth')['state_dict'] for folder in 'ab')
    assert all(torch.equal(a[key], b[key]) for key in a)
    assert names(tmp_path / 'a') == names(tmp_path / 'b')


def test_a_refusal_ends_every_process(tmp_path):
    """Only the first looks at the files; the second would wait for it for ever."""
    toy_runner(tmp_path / 'wd', epochs=1).train()
    (tmp_path / 'wd/epoch_1.pth').write_bytes(b'')

    def resume(rank):
        with pytest.raises(CheckpointError, match='none of which can be resumed'):
            toy_runner(tmp_path / 'wd', resume=True, **DISTRIBUTED).train()

    in_two_processes(tmp_path, resume)
