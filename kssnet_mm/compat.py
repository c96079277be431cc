"""Every workaround for a released wheel of the stack: the one place for them.

Each says what breaks, where that is reported, and the condition under which it does nothing.
"""
import importlib.util
import os
import sys
import warnings
from types import ModuleType
from typing import TYPE_CHECKING, List

if TYPE_CHECKING:  # torch is imported where it is used: whoever builds graphs alone does without it
    import torch


def apply_workarounds() -> None:
    """All that must be in place before mmaction's models are imported or a checkpoint is read."""
    quiet_missing_ops()
    stub_missing_drn()
    allow_checkpoint_types()


def apply_workarounds_without_torch() -> None:
    """What a process that only builds graphs needs.

    The first two are for a config's other ``custom_imports``, which may import mmpretrain or mmaction.
    """
    quiet_missing_ops()
    stub_missing_drn()
    make_logger_without_torch()


def make_logger_without_torch() -> None:
    """mmengine's first logger, which every ``Registry.build`` makes, imports torch to ask for rank and device.

    mmengine's logging/logger.py, not reported upstream; where torch is not installed it takes rank 0 and
    device 0, as it does here. A runner makes a logger of its own later. Does nothing where torch is
    imported already.
    """
    if 'torch' in sys.modules:
        return
    from mmengine.logging import MMLogger
    sys.modules['torch'] = None  # to import it raises ImportError, as if it were not installed
    try:
        MMLogger.get_current_instance()
    finally:
        del sys.modules['torch']


def quiet_missing_ops() -> None:
    """mmcv-lite warns at import that it lacks compiled ops, of which we need none.

    mmcv's bricks/transformer.py, not reported upstream. Does nothing with full mmcv, which does not
    warn.
    """
    warnings.filterwarnings('ignore', message='Fail to import ``MultiScaleDeformableAttention``')


def stub_missing_drn() -> None:
    """mmaction2 1.2.0: the wheel lacks ``models/localizers/drn``, and importing any model fails.

    https://github.com/open-mmlab/mmaction2/issues/2714. Does nothing where the folder is there or
    where mmaction's localizers do not ask for it (1.1.0).
    """
    spec = importlib.util.find_spec('mmaction')
    folder = os.path.join(spec.submodule_search_locations[0], 'models', 'localizers')
    with open(os.path.join(folder, '__init__.py'), encoding='utf-8') as file:
        wants_drn = '.drn' in file.read()
    name = 'mmaction.models.localizers.drn'
    if not wants_drn or os.path.isdir(os.path.join(folder, 'drn')) or name in sys.modules:
        return

    class DRN:
        """Stands for the localizer that this wheel of mmaction2 lacks."""

        def __init__(self, *args, **kwargs):
            raise ImportError('the installed mmaction2 wheel lacks DRN (mmaction2 issue 2714): '
                              'install mmaction2 from source to use it')

    package, module = ModuleType(name), ModuleType(f'{name}.drn')
    package.__path__ = []
    package.drn, module.DRN = module, DRN
    sys.modules[name], sys.modules[f'{name}.drn'] = package, module


def _statistics_method(owner: type, name: str):
    """What a pickled HistoryBuffer needs of ``getattr``: its four statistics, nothing else."""
    from mmengine.logging import HistoryBuffer
    if owner is HistoryBuffer and name in ('min', 'max', 'current', 'mean'):
        return getattr(owner, name)
    raise ValueError(f'a checkpoint asked for {owner!r}.{name}: refused')


def allow_checkpoint_types() -> None:
    """torch >= 2.6 loads checkpoints with ``weights_only``, which refuses mmengine's own.

    https://github.com/open-mmlab/mmengine/issues/1655. The types that a runner's checkpoint holds
    are allowed by name; ``getattr``, with which HistoryBuffer's methods are pickled, only in a form
    that serves those methods. Does nothing below torch 2.6, where loading is not restricted.
    """
    import torch
    if tuple(int(v) for v in torch.__version__.split('.')[:2]) < (2, 6):
        return
    import numpy as np
    from mmengine.logging import HistoryBuffer
    try:
        from numpy._core import multiarray
    except ImportError:  # numpy < 2
        from numpy.core import multiarray
    allowed = [HistoryBuffer, np.ndarray, np.dtype, type(np.dtype('float64')),
               type(np.dtype('int64')), (_statistics_method, 'builtins.getattr')]
    for module in ('numpy._core.multiarray', 'numpy.core.multiarray'):  # either numpy may have saved
        allowed += [(multiarray._reconstruct, f'{module}._reconstruct'),
                    (multiarray.scalar, f'{module}.scalar')]
    torch.serialization.add_safe_globals(allowed)


def init_cpu_distributed(cfg, launcher: str) -> None:
    """``--launcher`` without a GPU: mmengine sets a CUDA device and hands device ids to DDP.

    Starts gloo before the runner is built and tells it to wrap the model without device ids
    (mmengine's ``init_dist`` and ``Runner.wrap_model``, not reported upstream). Does nothing where
    CUDA is there, without a launcher, or once a process group exists.

    Args:
        cfg: The runner's config, changed in place.
        launcher: 'none', 'pytorch', 'slurm' or 'mpi'; only 'pytorch' (torchrun) runs on CPU.
    """
    import torch
    if launcher == 'none' or torch.cuda.is_available() or torch.distributed.is_initialized():
        return
    if launcher != 'pytorch':
        raise ValueError(f'--launcher {launcher} needs a GPU; on CPU use --launcher pytorch')
    torch.distributed.init_process_group('gloo')
    cfg.setdefault('env_cfg', {}).setdefault('dist_cfg', {})['backend'] = 'gloo'
    wrapper = dict(type='MMDistributedDataParallel', device_ids=None, broadcast_buffers=False,
                   find_unused_parameters=cfg.get('find_unused_parameters', False))
    wrapper.update(cfg.get('model_wrapper_cfg') or {})
    cfg.model_wrapper_cfg = wrapper


def action_targets(data_samples: List, num_classes: int) -> 'torch.Tensor':
    """Multi-hot targets (B, N) of mmaction2's samples: ``gt_label`` from 1.2, ``gt_labels.item`` before.

    Raises:
        ValueError: The labels are not multi-hot vectors of N entries.
    """
    import torch
    labels = [s.gt_label if 'gt_label' in s else s.gt_labels.item for s in data_samples]
    targets = torch.stack([label.reshape(-1) for label in labels]).float()
    if targets.shape[1] != num_classes:
        raise ValueError(f'targets have {targets.shape[1]} entries, the head num_classes='
                         f'{num_classes}: set multi_class=True and num_classes in the data set')
    return targets


def set_action_target(sample, target: 'torch.Tensor') -> None:
    """Give one of mmaction2's samples a multi-hot target (N,), where :func:`action_targets` reads it."""
    if hasattr(sample, 'set_gt_label'):
        sample.set_gt_label(target)
    else:
        sample.gt_labels.item = target


def is_compiling() -> bool:
    """Whether torch.compile or torch.export traces this code; torch.compiler tells from torch 2.3 on."""
    import torch
    if hasattr(torch.compiler, 'is_compiling'):
        return torch.compiler.is_compiling()
    return torch._dynamo.is_compiling()


def is_autocasting_cpu() -> bool:
    """Whether a CPU's autocast is on; ``torch.is_autocast_enabled`` takes a device from torch 2.4 on."""
    import torch
    if hasattr(torch, 'get_autocast_dtype'):
        return torch.is_autocast_enabled('cpu')
    return torch.is_autocast_cpu_enabled()
