"""A hook that makes a resumed training draw the random numbers of an uninterrupted one."""
import logging

from mmengine.dataset import InfiniteSampler
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import IterBasedTrainLoop, Runner

from kssnet_mm.compat import replace_parts
from kssnet_mm.registry import HOOKS

from .numbered_samples import OF_EPOCHS, OF_STEPS, NumberedBatches, NumberedDataset, set_random_states


@HOOKS.register_module()
class SeedStepsHook(Hook):
    """Derives all randomness of a training from the seed and from how far it is.

    mmengine seeds the processes and the loaders' workers once, when they start. What they draw later depends
    on all that they drew before, which a resumed run has not. Here each sample's augmentation is seeded by
    (seed, process, epoch, place in the epoch), and each step of the model (dropout, mixup) by (seed, process,
    iteration). Nothing has to be saved, whatever the number of workers.

    A run without a seed gets a random one, which is kept in its checkpoints and taken up again.
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self._batches = None

    def before_train(self, runner: Runner) -> None:
        """Number the samples of the loader that the runner has built."""
        loader = runner.train_dataloader
        if getattr(loader, 'batch_sampler', None) is None:
            print_log(f'{type(loader).__name__} has no batch sampler: its random augmentation will differ after '
                      'a resume', logger='current', level=logging.WARNING)
            return
        if (runner.cfg.get('randomness') or {}).get('seed') is None and hasattr(loader.sampler, 'seed'):
            loader.sampler.seed = runner.seed  # the sampler was built before the checkpoint's seed was known
        # A loop over iterations has started to read the loader already, and is made to start again.
        started = isinstance(runner.train_loop, IterBasedTrainLoop)
        if started and isinstance(loader.sampler, InfiniteSampler):  # goes on where it was read to
            sampler = loader.sampler
            loader.batch_sampler.sampler = type(sampler)(sampler.dataset, sampler.shuffle, sampler.seed)
        self._batches = NumberedBatches(loader.batch_sampler, runner.seed, runner.rank)
        replace_parts(loader, NumberedDataset(loader.dataset), self._batches)
        if started:
            runner.train_loop.dataloader_iterator = type(runner.train_loop.dataloader_iterator)(loader)

    def before_train_epoch(self, runner: Runner) -> None:
        """Before the loader is read: samplers may draw from the process's random numbers."""
        set_random_states(runner.seed, runner.rank, OF_EPOCHS, runner.epoch)
        # A loop over iterations is one epoch, and its workers have asked for their first samples already.
        if self._batches is not None and not isinstance(runner.train_loop, IterBasedTrainLoop):
            self._batches.start(runner.epoch)

    def before_train_iter(self, runner: Runner, batch_idx: int, data_batch=None) -> None:
        """Before the model's step."""
        set_random_states(runner.seed, runner.rank, OF_STEPS, runner.iter)
