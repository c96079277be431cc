"""A hook that says how many samples were replaced because they could not be read."""
import logging
from typing import Dict, List, Optional

import torch
from mmengine.dist import all_reduce
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import Runner

from kssnet_mm.registry import HOOKS


@HOOKS.register_module()
class SkippedSamplesHook(Hook):
    """Totals what the data sets skip (``on_bad_media='resample'``) over loader workers and processes.

    The number of an epoch is logged at its end, where it is not 0, with all so far in this run. A validation or test
    whose data set skips samples, because it is not in test mode, has the number in its result as
    ``skipped_samples``: its score is of other samples.
    """

    # before the logger reads a test's result
    priority = 'HIGH'

    def __init__(self) -> None:
        self._before: Dict[str, int] = {}

    def _new(self, runner: Runner, mode: str) -> tuple:
        """How many since the last call for this loader, and since the first; both of all processes."""
        loader = getattr(runner, f'{mode}_dataloader')
        here = sum(dataset.bad_media for dataset in counting(loader.dataset))
        total = torch.tensor(here)
        all_reduce(total)
        new = int(total) - self._before.get(mode, 0)
        self._before[mode] = int(total)
        return new, int(total)

    def after_train_epoch(self, runner: Runner) -> None:
        """At the end of each epoch."""
        self._say_of_training(runner, f'Epoch(train) [{runner.epoch + 1}]')

    def after_train(self, runner: Runner) -> None:
        """At the end of a training that counts no epochs."""
        self._say_of_training(runner, 'train')

    def _say_of_training(self, runner: Runner, when: str) -> None:
        new, total = self._new(runner, 'train')
        if new:
            print_log(f'{when}: {new} samples could not be read and were replaced by others, '
                      f'{total} so far', logger='current', level=logging.WARNING)

    def after_val_epoch(self, runner: Runner, metrics: Optional[dict] = None) -> None:
        """At the end of each validation."""
        self._say(runner, 'val', metrics)

    def after_test_epoch(self, runner: Runner, metrics: Optional[dict] = None) -> None:
        """At the end of a test."""
        self._say(runner, 'test', metrics)

    def _say(self, runner: Runner, mode: str, metrics: Optional[dict]) -> None:
        new, _ = self._new(runner, mode)
        if new and metrics is not None:
            metrics['skipped_samples'] = new
            print_log(f'Epoch({mode}): {new} samples could not be read and others were scored in their places: set '
                      'test_mode=True in the data set', logger='current', level=logging.WARNING)


def counting(dataset) -> List:
    """The data sets that count what they skip, each once, inside wrappers such as ConcatDataset."""
    found, waiting = {}, [dataset]
    while waiting:
        dataset = waiting.pop()
        # of the class: wrappers may pass on what they are asked for
        if isinstance(getattr(type(dataset), 'bad_media', None), property):
            found[id(dataset)] = dataset
        else:
            waiting += [part for part in (getattr(dataset, 'dataset', None), *(getattr(dataset, 'datasets', None) or ()))
                        if part is not None]
    return list(found.values())
