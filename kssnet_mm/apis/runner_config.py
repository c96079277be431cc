"""From command-line flags to the config that mmengine's runner takes."""
import os
import os.path as osp
from typing import Optional, Sequence

import torch
from mmengine.config import Config
from mmengine.logging import print_log
from mmengine.registry import RUNNERS
from mmengine.runner import Runner

from kssnet_mm.compat import init_cpu_distributed
from kssnet_mm.engine.latest_checkpoint import LAST, numbered_checkpoints
from kssnet_mm.utils.configs import type_name

from .check_config import check_run
from .configs import read_config


def load_config(path: str,
                cfg_options: Optional[dict] = None,
                work_dir: Optional[str] = None,
                launcher: str = 'none',
                needs: Sequence[str] = ()) -> Config:
    """A config with the flags that training and testing share merged in.

    Args:
        path: Config file.
        cfg_options: Overrides, keys like ``model.head.thr``.
        work_dir: Folder of logs and checkpoints; default ``work_dirs/<config's name>``.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'.
        needs: Names of parts that must be there.

    Raises:
        ValueError or FileNotFoundError: As of :func:`~kssnet_mm.apis.configs.read_config`.
    """
    cfg = read_config(path, cfg_options, needs)
    cfg.launcher = launcher
    if work_dir is not None:
        cfg.work_dir = work_dir
    elif cfg.get('work_dir') is None:
        cfg.work_dir = osp.join('work_dirs', osp.splitext(osp.basename(path))[0])
    init_cpu_distributed(cfg, launcher)
    return cfg


# What mmengine gives every runner by itself.
OWN_HOOKS = ('runtime_info', 'timer', 'sampler_seed', 'logger', 'param_scheduler', 'checkpoint')


def build_runner(cfg: Config) -> Runner:
    """mmengine's runner for a config, after a check of its settings that reads no data.

    None switches any default hook off, where mmengine takes it for its own hooks alone.

    Raises:
        ValueError: As of :func:`~kssnet_mm.apis.check_config.check_run`.
    """
    check_run(cfg)
    hooks = cfg.get('default_hooks') or {}
    for name in [name for name, hook in hooks.items() if hook is None and name not in OWN_HOOKS]:
        hooks.pop(name)
    return RUNNERS.build(cfg) if 'runner_type' in cfg else Runner.from_cfg(cfg)


def enable_amp(cfg: Config) -> None:
    """Mixed precision: float16 with loss scaling on a GPU, bfloat16 on a CPU whatever ``dtype`` the config has."""
    kind = type_name(cfg.optim_wrapper.get('type', 'OptimWrapper'))
    if kind not in ('OptimWrapper', 'AmpOptimWrapper', 'CPUAmpOptimWrapper'):
        raise ValueError(f'--amp does not go with optim_wrapper.type={kind!r}')
    if torch.cuda.is_available():
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.setdefault('loss_scale', 'dynamic')
    else:
        cfg.optim_wrapper.type = 'CPUAmpOptimWrapper'
        for key in ('loss_scale', 'dtype', 'use_fsdp'):  # of AmpOptimWrapper alone
            cfg.optim_wrapper.pop(key, None)


# What a training needs to be resumed bit for bit and to be scored alike by any number of processes.
ROBUST_HOOKS = dict(seed_steps='SeedStepsHook', average_batch_norm='AverageBatchNormHook', mean_loss='MeanLossHook')


def enable_robust_hooks(cfg: Config) -> None:
    """Give a training the hooks of ``configs/_base_/runtimes/default.py`` that make it survive kills.

    Configs with a runtime of their own name mmengine's ``CheckpointHook`` or none: it is replaced by
    :class:`~kssnet_mm.engine.SafeCheckpointHook` with the same settings. mmengine's ``SyncBuffersHook``, which
    mmaction2's runtime has, is replaced by :class:`~kssnet_mm.engine.AverageBatchNormHook`. Hooks of other kinds stay.
    """
    cfg.setdefault('default_hooks', {})
    hooks = cfg.default_hooks
    hooks.setdefault('checkpoint', dict(type='CheckpointHook', interval=1))
    checkpoint = hooks.checkpoint
    if checkpoint is not None and type_name(checkpoint['type']) == 'CheckpointHook':
        checkpoint['type'] = 'SafeCheckpointHook'
    for name, kind in ROBUST_HOOKS.items():
        hooks.setdefault(name, dict(type=kind))
    if _remove_hooks(cfg, 'SyncBuffersHook'):
        hooks.average_batch_norm = hooks.average_batch_norm or dict(type=ROBUST_HOOKS['average_batch_norm'])
        print_log('SyncBuffersHook is replaced by AverageBatchNormHook: it would average the integers of the label '
                  'graph too, and so destroy them', logger='current')


def _remove_hooks(cfg: Config, kind: str) -> bool:
    """Remove the default and custom hooks of a kind; whether there were any."""
    def of_kind(hook) -> bool:
        return hook is not None and type_name(hook['type'] if isinstance(hook, dict) else type(hook)) == kind

    custom = cfg.get('custom_hooks') or []
    names = [name for name, hook in cfg.default_hooks.items() if of_kind(hook)]
    kept = [hook for hook in custom if not of_kind(hook)]
    for name in names:
        cfg.default_hooks.pop(name)
    if len(kept) < len(custom):
        cfg.custom_hooks = kept
    return bool(names) or len(kept) < len(custom)


def enable_resume(cfg: Config, resume: str) -> None:
    """Resume from the checkpoint ``resume``, or from the work dir's latest for 'auto'.

    A training whose work dir holds no checkpoint yet starts from the config's ``load_from``, which 'auto' would hide.
    """
    if resume == 'auto' and cfg.get('load_from') and not _begun(cfg):
        cfg.resume = False
        return
    cfg.resume = True
    cfg.load_from = None if resume == 'auto' else resume


def _begun(cfg: Config) -> bool:
    """Whether a former start of the training has left a checkpoint, readable or not, or a note of one."""
    hook = (cfg.get('default_hooks') or {}).get('checkpoint') or {}
    template = hook.get('filename_tmpl') or ('epoch_{}.pth' if hook.get('by_epoch', True) else 'iter_{}.pth')
    folder = osp.abspath(cfg.work_dir)
    if hook.get('out_dir') not in (None, folder):  # mmengine makes a folder of the work dir's name in it
        folder = osp.join(hook['out_dir'], osp.basename(folder))
    return osp.exists(osp.join(cfg.work_dir, LAST)) or bool(numbered_checkpoints(folder, template))


def enable_auto_scale_lr(cfg: Config) -> None:
    """Scale the learning rate by the real batch size over ``auto_scale_lr.base_batch_size``."""
    if 'base_batch_size' not in cfg.get('auto_scale_lr', {}):
        raise ValueError('--auto-scale-lr needs auto_scale_lr.base_batch_size in the config')
    cfg.auto_scale_lr.enable = True


def disable_validation(cfg: Config) -> None:
    """Train without validation, and so without a best checkpoint."""
    cfg.val_cfg = cfg.val_dataloader = cfg.val_evaluator = None
    (cfg.default_hooks.get('checkpoint') or {}).pop('save_best', None)


def set_local_rank(local_rank: int) -> None:
    """torch.distributed.launch passes the rank as a flag where torchrun sets the variable."""
    os.environ.setdefault('LOCAL_RANK', str(local_rank))


def add_score_dump(cfg: Config, out: Optional[str] = None, submission: Optional[str] = None) -> None:
    """Also write the test scores to files, beside the config's own evaluators."""
    evaluators = cfg.test_evaluator
    evaluators = list(evaluators) if isinstance(evaluators, (list, tuple)) else [evaluators]
    evaluators.append(dict(type='DumpScores', out_file=out, submission_file=submission))
    cfg.test_evaluator = evaluators
