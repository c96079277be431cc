"""Checkpoints while they are written, and what a run that was killed leaves to the next."""
import errno
import os
import shutil

import pytest
import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from toy_training import ToyScore, names, toy_runner

from kssnet_mm.engine import safe_checkpoint_hook
from kssnet_mm.engine.late_removal import LateRemoval
from kssnet_mm.utils import durable
from kssnet_mm.utils.io import whole_file
from kssnet_mm.checkpoints import CheckpointError, read_checkpoint, write_checkpoint


class Killed(BaseException):
    """Stands for SIGKILL: nothing handles it."""


@HOOKS.register_module()
class KillHook(Hook):
    """Stops the run at a named moment."""
    priority = 'LOWEST'

    def __init__(self, point, epoch):
        self.epoch = epoch
        setattr(self, point, self._kill)

    def _kill(self, runner, *args, **kwargs):
        if runner.epoch == self.epoch:
            raise Killed


@pytest.fixture(autouse=True)
def _scores():
    yield
    ToyScore.scores = ()


def test_a_former_checkpoint_goes_only_when_the_new_one_is_whole(tmp_path, monkeypatch):
    """With max_keep_ckpts=1 mmengine has no checkpoint at all while it writes."""
    seen, real = [], durable.os.replace

    def replace(source, target):
        if str(target).endswith('.pth'):
            seen.append((os.path.basename(target), [name for name in names(tmp_path) if name.endswith('.pth')]))
        real(source, target)

    monkeypatch.setattr(durable.os, 'replace', replace)
    ToyScore.scores = [1., 2.]
    toy_runner(tmp_path, epochs=2).train()
    first = ['best_score_epoch_1.pth', 'epoch_1.pth']
    assert seen == [('epoch_1.pth', []), ('best_score_epoch_1.pth', ['epoch_1.pth']), ('epoch_1.pth', first),
                    ('epoch_2.pth', first), ('best_score_epoch_2.pth', ['best_score_epoch_1.pth', 'epoch_2.pth']),
                    ('epoch_2.pth', ['best_score_epoch_1.pth', 'best_score_epoch_2.pth', 'epoch_2.pth'])]
    assert names(tmp_path) == ['best_score_epoch_2.pth', 'epoch_2.pth']
    assert (tmp_path / 'last_checkpoint').read_text() == str(tmp_path / 'epoch_2.pth')


def test_a_full_disk_is_named_and_leaves_the_former_checkpoint(tmp_path, monkeypatch):

    def full(descriptor, real=os.fsync):
        if os.path.exists(tmp_path / 'epoch_1.pth'):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(durable.os, 'fsync', full)
    with pytest.raises(OSError) as error:
        toy_runner(tmp_path, epochs=2, val_cfg=None, val_dataloader=None, val_evaluator=None,
                   checkpoint=dict(save_best=None, rule=None)).train()
    # the folder is flushed after epoch_1 took its name: that fails already
    assert error.value.errno == errno.ENOSPC and error.value.filename == str(tmp_path / 'epoch_1.pth')
    assert names(tmp_path) == ['epoch_1.pth']
    assert read_checkpoint(tmp_path / 'epoch_1.pth')['meta']['epoch'] == 1


@pytest.mark.parametrize('point, epoch', [('before_train_iter', 2), ('before_val_iter', 2), ('after_train', 3),
                                          ('before_val_iter', 3)])
def test_a_stopped_run_ends_as_if_it_had_not_been(tmp_path, point, epoch):
    """Stopped in an epoch, in a validation, in the last validation, and when all was done."""
    scores = dict(zip((1, 2, 3), (1., 3., 2.)))
    straight, stopped = tmp_path / 'straight', tmp_path / 'stopped'
    ToyScore.scores = list(scores.values())
    toy_runner(straight).train()
    ToyScore.scores = list(scores.values())
    with pytest.raises(Killed):
        toy_runner(stopped, hooks=[dict(type='KillHook', point=point, epoch=epoch)]).train()
    done = [number for number in scores if number < epoch or number == epoch and point != 'before_val_iter']
    # a validation that updated no best checkpoint is not on record in a checkpoint: it is repeated
    repeated = [3] if point == 'after_train' else []
    ToyScore.scores = [scores[number] for number in [*repeated, *(number for number in scores if number not in done)]]
    toy_runner(stopped, resume=True).train()
    assert not ToyScore.scores
    assert names(stopped) == names(straight) == ['best_score_epoch_2.pth', 'epoch_3.pth']
    for name in names(straight):
        a, b = (read_checkpoint(folder / name) for folder in (straight, stopped))
        for part in ('state_dict', *(['optimizer'] if name.startswith('epoch') else [])):  # the best is to test with
            one, other = flat(a[part]), flat(b[part])
            assert len(one) == len(other) > 0
            pairs = zip(one, other)
            assert all(torch.equal(torch.as_tensor(x), torch.as_tensor(y)) for x, y in pairs), (name, part)
        assert a['message_hub']['runtime_info']['best_score'] == b['message_hub']['runtime_info']['best_score'] == 3.


def flat(value) -> list:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for part in value for leaf in flat(part)]
    return [] if value is None else [value]


def test_a_broken_newest_checkpoint_is_passed_over_by_name(tmp_path, caplog):
    toy_runner(tmp_path, epochs=2, checkpoint=dict(max_keep_ckpts=3)).train()
    (tmp_path / 'epoch_2.pth').write_bytes((tmp_path / 'epoch_2.pth').read_bytes()[:-100])
    runner = toy_runner(tmp_path, epochs=2, resume=True, checkpoint=dict(max_keep_ckpts=3))
    messages = []
    runner.logger.warning = messages.append
    runner.logger.info = messages.append
    runner.train()
    assert any(f'Not resumed from: {tmp_path}/epoch_2.pth is refused' in text for text in messages)
    assert any(f'{tmp_path}/epoch_1.pth is the newest readable checkpoint' in text for text in messages)
    assert 'resumed epoch: 1, iter: 4' in messages
    assert read_checkpoint(tmp_path / 'epoch_2.pth')['meta']['epoch'] == 2


def test_nothing_readable_stops_before_anything_is_trained(tmp_path):
    toy_runner(tmp_path, epochs=1).train()
    (tmp_path / 'epoch_1.pth').write_bytes(b'')
    with pytest.raises(CheckpointError, match='none of which can be resumed: .*epoch_1.pth is refused'):
        toy_runner(tmp_path, resume=True).train()
    assert not [name for name in names(tmp_path) if name.startswith('epoch_2')]


def test_weights_alone_are_no_checkpoint_to_resume(tmp_path):
    """mmengine takes the best checkpoint without a word, and a new optimizer with it."""
    toy_runner(tmp_path, epochs=1).train()
    best = str(tmp_path / 'best_score_epoch_1.pth')
    with pytest.raises(CheckpointError, match='best_score_epoch_1.pth has no optimizer'):
        toy_runner(tmp_path, resume=True, load_from=best).train()
    toy_runner(tmp_path / 'other', epochs=1, load_from=best).train()  # to start from its weights is another thing


def test_a_checkpoints_config_is_not_run(tmp_path):
    """mmengine's Runner.resume executes ``meta.config`` as a Python file."""
    toy_runner(tmp_path, epochs=1).train()
    content = read_checkpoint(tmp_path / 'epoch_1.pth')
    content['meta']['config'] = f'import os\nos.mkdir({str(tmp_path / "run")!r})\n'
    write_checkpoint(content, tmp_path / 'epoch_1.pth')
    toy_runner(tmp_path, epochs=2, resume=True).train()
    assert (tmp_path / 'epoch_2.pth').exists() and not (tmp_path / 'run').exists()


def test_a_copied_work_dir_is_followed_and_the_original_is_left_alone(tmp_path):
    ToyScore.scores = [1.]
    toy_runner(tmp_path / 'a', epochs=1).train()
    shutil.copytree(tmp_path / 'a', tmp_path / 'b')
    ToyScore.scores = [2.]
    toy_runner(tmp_path / 'b', epochs=2, resume=True).train()
    assert names(tmp_path / 'a') == ['best_score_epoch_1.pth', 'epoch_1.pth']
    assert names(tmp_path / 'b') == ['best_score_epoch_2.pth', 'epoch_2.pth']


def test_what_a_killed_write_left_is_cleared_away(tmp_path):
    toy_runner(tmp_path, epochs=1).train()
    with pytest.raises(Killed), whole_file(tmp_path / 'epoch_2.pth') as name:
        (tmp_path / 'mine.part').write_bytes(b'')
        shutil.copy(tmp_path / 'epoch_1.pth', f'{name}.copy')
        raise Killed
    os.rename(f'{name}.copy', name)  # what whole_file would have removed
    assert len(names(tmp_path)) == 4
    toy_runner(tmp_path, epochs=2, resume=True).train()
    assert [name for name in names(tmp_path) if name.endswith('.part')] == ['mine.part']


def test_removals_that_a_kill_prevented_are_made_up_for(tmp_path, monkeypatch):
    ToyScore.scores = [1., 2.]
    with monkeypatch.context() as patch:
        patch.setattr(LateRemoval, 'finish', lambda self, kept: None)  # killed before it
        toy_runner(tmp_path, epochs=2).train()
    assert names(tmp_path) == ['best_score_epoch_1.pth', 'best_score_epoch_2.pth', 'epoch_1.pth', 'epoch_2.pth']
    ToyScore.scores = [0.]
    toy_runner(tmp_path, epochs=3, resume=True).train()
    assert names(tmp_path) == ['best_score_epoch_2.pth', 'epoch_3.pth']


def test_the_interval_of_validations_is_kept(tmp_path):
    """Only a validation that was due is made up for."""
    loop = dict(by_epoch=True, max_epochs=4, val_interval=2)
    ToyScore.scores = [5.]
    with pytest.raises(Killed):
        toy_runner(tmp_path, loop=loop, hooks=[dict(type='KillHook', point='before_train_iter', epoch=3)]).train()
    ToyScore.scores = [6.]
    toy_runner(tmp_path, loop=loop, resume=True).train()
    assert not ToyScore.scores and names(tmp_path) == ['best_score_epoch_4.pth', 'epoch_4.pth']


def test_where_there_is_no_local_disk_mmengines_hook_is_left_as_it_is(tmp_path):
    hook = safe_checkpoint_hook.SafeCheckpointHook(out_dir='s3://bucket')
    assert hook._folder(toy_runner(tmp_path)) is None
