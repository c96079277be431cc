"""Checkpoints that a kill at any moment leaves usable."""
import os
import os.path as osp
import re
from typing import List, Optional

from mmengine.dist import broadcast_object_list, is_main_process
from mmengine.hooks import CheckpointHook
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import IterBasedTrainLoop, Runner

from kssnet_mm.registry import HOOKS
from kssnet_mm.utils.durable import write_durably

from .late_removal import LateRemoval
from .latest_checkpoint import LAST, check_resumable, find_latest

# Kept in the checkpoints. mmengine would log what begins with train, val or test.
SUPERSEDED, VALIDATED = 'superseded_checkpoints', 'step_of_last_validation'


@HOOKS.register_module()
class SafeCheckpointHook(CheckpointHook):
    """mmengine's ``CheckpointHook``, for runs that may be killed at any moment and resumed.

    * Files are written whole, by :class:`~kssnet_mm.engine.whole_file_backend.WholeFileBackend`, and a former
      checkpoint is removed after its successor is whole. mmengine removes it before.
    * ``resume=True`` takes the newest checkpoint that can be read, names those that cannot, and refuses to
      start from epoch 0 where there are checkpoints and none can be read. It writes its choice into
      ``last_checkpoint``, which is what mmengine resumes from, also where that file was cut off or the work
      dir was moved.
    * A validation that a kill interrupted is made up for, before training goes on. Otherwise the best checkpoint
      and a schedule that follows the score would differ from those of an uninterrupted run.

    All of this is for folders on a local disk. Elsewhere (``s3://``) the hook does what mmengine's does.

    Args:
        **kwargs: As for mmengine's ``CheckpointHook``.
    """

    def _folder(self, runner: Runner) -> Optional[str]:
        """Where the checkpoints are, None if not on a local disk."""
        if self.out_dir is None or self.out_dir == runner.work_dir:
            return runner.work_dir
        if '://' in str(self.out_dir):
            return None
        return osp.join(self.out_dir, osp.basename(runner.work_dir.rstrip(osp.sep)))

    def before_run(self, runner: Runner) -> None:
        """Choose what to resume from, before mmengine looks for it."""
        folder = self._folder(runner)
        training = isinstance(runner.optim_wrapper, (OptimWrapper, OptimWrapperDict))  # built in training alone
        if not training or not runner.cfg.get('resume') or folder is None:
            return
        answer = [None]
        if is_main_process():
            try:
                self._choose(runner, folder)
            except Exception as error:  # every process is to end, not the one that looks alone
                answer = [error]
        broadcast_object_list(answer)
        if answer[0] is not None:
            raise answer[0]

    def _choose(self, runner: Runner, folder: str) -> None:
        given = runner.cfg.get('load_from')
        if given:
            if '://' not in str(given):
                check_resumable(given)
            return
        path, refused = find_latest(folder, self.filename_tmpl)
        for reason in refused:
            runner.logger.warning(f'Not resumed from: {reason}')
        if path is None:
            runner.logger.info(f'{folder} holds no checkpoint: the training starts from the beginning')
        else:
            runner.logger.info(f'{path} is the newest readable checkpoint of {folder}: the training is resumed '
                               'from it')
            write_durably(osp.join(runner.work_dir, LAST), path.encode())

    def before_train(self, runner: Runner) -> None:
        """Take over from a killed run: its folder, what it left to remove, what it left to validate."""
        hub, folder = runner.message_hub, self._folder(runner)
        if folder is not None:
            for key, path in list(hub.runtime_info.items()):
                if key.startswith('best_ckpt') and path:  # the work dir may have been moved or copied
                    hub.update_info(key, osp.join(folder, osp.basename(path)))
        super().before_train(runner)
        if folder is None:
            return
        if 'last_ckpt' in hub.runtime_info:  # is saved again, once the missed validation finds a new best
            self.last_ckpt = osp.join(folder, osp.basename(hub.runtime_info['last_ckpt']))
        waiting = [osp.join(folder, name) for name in hub.runtime_info.get(SUPERSEDED, ())]
        self.file_backend = LateRemoval(self.file_backend, lambda names: hub.update_info(SUPERSEDED, names),
                                        waiting if is_main_process() else ())
        if is_main_process():
            self.file_backend.finish(self._current(runner))
            _remove_leftovers(folder)
        if self._missed_validation(runner):
            runner.logger.info('The validation that the resumed checkpoint lacks is made up for')
            # the best checkpoint is to say what it would have said before the kill
            hub.update_info('epoch', max(runner.epoch - 1, 0))
            hub.update_info('iter', runner.iter - 1)
            runner.val_loop.run()

    def _current(self, runner: Runner) -> List[Optional[str]]:
        """Every checkpoint that the run refers to."""
        best = [path for key, path in runner.message_hub.runtime_info.items() if key.startswith('best_ckpt')]
        kept = getattr(self, 'keep_ckpt_ids', ())
        return [self.last_ckpt, *best, *(self.filename_tmpl.format(step) for step in kept)]

    def _finish(self, runner: Runner) -> None:
        if isinstance(self.file_backend, LateRemoval):
            self.file_backend.finish(self._current(runner))

    @staticmethod
    def _step(runner: Runner) -> int:
        """What validations are counted in: iterations of a loop over those, else epochs."""
        return runner.iter if isinstance(runner.train_loop, IterBasedTrainLoop) else runner.epoch

    def _missed_validation(self, runner: Runner) -> bool:
        loop, step = runner.train_loop, self._step(runner)
        if step == 0 or runner.val_loop is None or runner.message_hub.runtime_info.get(VALIDATED) == step:
            return False
        end = loop.max_iters if isinstance(loop, IterBasedTrainLoop) else loop.max_epochs
        return step >= loop.val_begin and (step % loop.val_interval == 0 or step == end)

    def after_train_epoch(self, runner: Runner) -> None:
        """Save, then remove what that supersedes."""
        super().after_train_epoch(runner)
        self._finish(runner)

    def after_train_iter(self, runner: Runner, *args, **kwargs) -> None:
        """Save, then remove what that supersedes."""
        super().after_train_iter(runner, *args, **kwargs)
        if not self.by_epoch:
            self._finish(runner)

    def after_val_epoch(self, runner: Runner, metrics) -> None:
        """Save the best, then remove what that supersedes."""
        if not hasattr(self, 'file_backend'):  # Runner.val() alone: mmengine would save and fail
            return
        runner.message_hub.update_info(VALIDATED, self._step(runner))
        super().after_val_epoch(runner, metrics)
        self._finish(runner)


def _remove_leftovers(folder: str) -> None:
    """Temporary files of a run that was killed while it wrote."""
    for name in os.listdir(folder) if osp.isdir(folder) else ():
        if re.fullmatch(r'\..+\.pth\.[0-9a-f]{12}\.part', name):  # the names of whole_file
            os.remove(osp.join(folder, name))
