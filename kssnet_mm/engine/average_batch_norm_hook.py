"""A hook that averages batch norms over the processes before they are saved and evaluated."""
from typing import Iterator

import torch
from mmengine.dist import all_reduce_params, get_world_size
from mmengine.hooks import CheckpointHook, Hook
from mmengine.runner import IterBasedTrainLoop, Runner

from kssnet_mm.registry import HOOKS


@HOOKS.register_module()
class AverageBatchNormHook(Hook):
    """Gives all processes the mean of their running means and variances.

    Each process gathers these statistics from its own share of the data, and the first process's are saved.
    Without this a validation mixes the models of all processes, and the saved one scores differently.
    mmengine's ``SyncBuffersHook`` averages every buffer, integers included, which destroys the hashes by which a
    label graph knows its labels.
    """

    priority = 'NORMAL'  # before the hook that saves

    def after_train_epoch(self, runner: Runner) -> None:
        """Before the epoch's checkpoint and validation."""
        if not isinstance(runner.train_loop, IterBasedTrainLoop):
            average_batch_norms(runner)

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch=None, outputs=None) -> None:
        """Before a checkpoint or a validation of a loop that counts iterations."""
        if not isinstance(runner.train_loop, IterBasedTrainLoop):
            return
        intervals = [hook.interval for hook in runner.hooks if isinstance(hook, CheckpointHook)]
        intervals += [runner.train_loop.val_interval] if runner.val_loop is not None else []
        if self.is_last_train_iter(runner) or any(self.every_n_train_iters(runner, n) for n in intervals):
            average_batch_norms(runner)


def average_batch_norms(runner: Runner) -> None:
    """Average the running statistics of the model, and of the averaged one (EMA) where there is one."""
    if get_world_size() == 1:
        return
    models = [runner.model, *(hook.ema_model for hook in runner.hooks if hasattr(hook, 'ema_model'))]
    for model in models:
        all_reduce_params(list(_running_statistics(model)), op='mean')


def _running_statistics(model: torch.nn.Module) -> Iterator[torch.Tensor]:
    for module in model.modules():
        if isinstance(getattr(module, 'running_mean', None), torch.Tensor):
            yield module.running_mean
            yield module.running_var
