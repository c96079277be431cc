"""A training of seconds' fractions: a linear model with a batch norm on random data, with mmengine's runner."""
import itertools
import random

import numpy as np
import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.registry import DATASETS, METRICS, MODELS
from mmengine.runner import Runner
from torch.utils.data import Dataset

COUNTER = itertools.count()


@DATASETS.register_module()
class ToyData(Dataset):
    """Numbers with noise from each of the three generators that augmentations draw from."""
    metainfo = dict(classes=('a', ))

    def __init__(self, noise=True):
        self.noise = noise

    def __len__(self):
        return 8

    def __getitem__(self, index):
        noise = [random.random(), np.random.rand(), torch.rand(()).item()] if self.noise else [.1, .2, .3 * index]
        return dict(inputs=torch.tensor([float(index), *noise]))


@MODELS.register_module()
class ToyModel(BaseModel):

    def __init__(self):
        super().__init__()
        self.norm, self.linear = torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1)
        self.register_buffer('label_keys', torch.tensor([2**62 + 1]))
        self.seen = []

    def forward(self, inputs, mode='tensor'):
        inputs = torch.stack(list(inputs))
        if mode == 'predict':
            return self.linear(self.norm(inputs)).flatten().tolist()
        self.seen.append(inputs)
        x = torch.nn.functional.dropout(self.norm(inputs), .5)
        return dict(loss=self.linear(x).square().mean())


@METRICS.register_module()
class ToyScore(BaseMetric):
    """Scores from a list, one each validation, or the mean of the predictions."""
    scores = ()

    def process(self, data_batch, data_samples):
        self.results += data_samples

    def compute_metrics(self, results):
        if not self.scores:
            return dict(score=float(np.mean(results)))
        return dict(score=self.scores.pop(0))


def toy_runner(work_dir, epochs=3, workers=0, loop=None, resume=False, load_from=None, hooks=None, checkpoint=(),
               seed=0, batch_size=2, **settings) -> Runner:
    loader = dict(batch_size=batch_size, num_workers=workers, persistent_workers=workers > 0, dataset=dict(type='ToyData'),
                  sampler=dict(type='DefaultSampler', shuffle=True))
    cfg = dict(
        model=dict(type='ToyModel'), work_dir=str(work_dir), train_dataloader=loader,
        train_cfg=loop or dict(by_epoch=True, max_epochs=epochs, val_interval=1),
        optim_wrapper=dict(optimizer=dict(type='AdamW', lr=.1)),
        val_cfg=dict(),
        val_dataloader=dict(loader, sampler=dict(type='DefaultSampler', shuffle=False), num_workers=0,
                            persistent_workers=False, dataset=dict(type='ToyData', noise=False)),
        val_evaluator=dict(type='ToyScore'), resume=resume, load_from=load_from,
        default_hooks=dict(checkpoint=dict(dict(type='SafeCheckpointHook', interval=1, max_keep_ckpts=1,
                                                save_best='score', rule='greater'), **dict(checkpoint)),
                           seed_steps=dict(type='SeedStepsHook')),
        custom_hooks=hooks, default_scope='mmengine', experiment_name=f'toy_{next(COUNTER)}',
        randomness=dict(seed=seed))
    cfg.update(settings)
    return Runner.from_cfg(Config(cfg))


def trained(*args, **kwargs) -> Runner:
    """A runner that has trained, without its loader's workers: a garbage collector waits 5 s for each of them."""
    runner = toy_runner(*args, **kwargs)
    runner.train()
    vars(runner.train_dataloader)['_iterator'] = None
    if hasattr(runner.train_loop, 'dataloader_iterator'):
        runner.train_loop.dataloader_iterator = None
    return runner


def names(folder) -> list:
    return sorted(path.name for path in folder.iterdir() if path.suffix in ('.pth', '.part'))
