"""Every workaround for a released wheel of the stack: the one place for them.

Each says what breaks, where that is reported, and the condition under which it does nothing.
"""
import importlib.util
import os
import sys
import warnings
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Callable, Iterator, List
from urllib.parse import urlparse

if TYPE_CHECKING:  # torch is imported where it is used: whoever builds graphs alone does without it
    import torch


def apply_workarounds() -> None:
    """All that must be in place before the frameworks are imported."""
    quiet_missing_ops()
    stub_missing_drn()


def make_logger_without_torch() -> None:
    """mmengine's first logger, which every ``Registry.build`` makes, imports torch to ask for rank and device.

    mmengine's logging/logger.py, not reported upstream; where torch is not installed it takes rank 0 and
    device 0, as it does here. A runner makes a logger of its own later. Does nothing where torch is
    imported already.
    """
    if sys.modules.get('torch') is not None:
        return
    from mmengine.logging import MMLogger
    sys.modules['torch'] = None  # to import it raises ImportError, as if it were not installed
    try:
        MMLogger.get_current_instance()
    finally:
        del sys.modules['torch']


def serve_configs_by(scope: str, find: Callable[[str], str]) -> None:
    """Let ``_base_ = 'kssnet_mm::kssnet_r101_coco.py'`` inherit from a config of ours.

    mmengine's config/utils.py reads ``scope::path`` only for a fixed list of OpenMMLab's packages, only in subfolders
    of their configs, and not in an editable install; not reported upstream. Other scopes are left to mmengine. Does
    nothing the second time.

    Args:
        scope: What such a name begins with.
        find: Path of a config by its name.
    """
    from mmengine.config import Config
    theirs = Config._get_cfg_path
    if hasattr(theirs, 'theirs'):
        return

    def path_and_scope(cfg_path: str, filename: str):
        return (find(cfg_path), None) if cfg_path.startswith(scope) else theirs(cfg_path, filename)

    path_and_scope.theirs = theirs
    Config._get_cfg_path = staticmethod(path_and_scope)


def replace_modules(registry, make: Callable[[dict], dict]) -> None:
    """Put another mapping in the place of a registry's own, which is private and always a plain dict.

    mmengine imports the modules of a package when one of them is asked for (``Registry(locations=...)``), but not if
    a child registry is asked and its parent has them, as with ours.
    """
    registry._module_dict = make(registry._module_dict)


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


def statistics_method(owner: type, name: str):
    """What a pickled HistoryBuffer needs of ``getattr``: its four statistics, nothing else."""
    from mmengine.logging import HistoryBuffer
    if owner is HistoryBuffer and name in ('min', 'max', 'current', 'mean'):
        return getattr(owner, name)
    raise ValueError(f'a checkpoint asked for {owner!r}.{name}: refused')


def _no_bytes() -> bytes:
    """What a pickled empty array needs of ``bytes``."""
    return b''


def allow_checkpoint_types() -> None:
    """torch >= 2.6 loads checkpoints with ``weights_only``, which refuses mmengine's own.

    https://github.com/open-mmlab/mmengine/issues/1655. The types that a runner's checkpoint holds
    are allowed by name; ``getattr``, with which HistoryBuffer's methods are pickled, only in a form
    that serves those methods. Does nothing below torch 2.6, which cannot be told: see
    :mod:`kssnet_mm.checkpoints.torch_archive`.
    """
    import torch
    if not restricts_loading():
        return
    import numpy as np
    from mmengine.logging import HistoryBuffer
    try:
        from numpy._core import multiarray
    except ImportError:  # numpy < 2
        from numpy.core import multiarray
    kinds = ('bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'float32', 'float64')
    allowed = [HistoryBuffer, np.ndarray, np.dtype, *(type(np.dtype(kind)) for kind in kinds),
               (statistics_method, 'builtins.getattr'), (_no_bytes, 'builtins.bytes')]
    for module in ('numpy._core.multiarray', 'numpy.core.multiarray'):  # either numpy may have saved
        allowed += [(multiarray._reconstruct, f'{module}._reconstruct'),
                    (multiarray.scalar, f'{module}.scalar')]
    torch.serialization.add_safe_globals(allowed)


def restricts_loading() -> bool:
    """Whether ``torch.load`` can be told by name what a checkpoint may hold, beside tensors."""
    import torch
    return tuple(int(v) for v in torch.__version__.split('.')[:2]) >= (2, 6)


def read_checkpoints_by(read_checkpoint: Callable, read_stream: Callable) -> None:
    """All that mmengine reads goes through a reader of ours.

    mmengine 0.10.7's runner/checkpoint.py calls ``torch.load`` without ``weights_only``, which below torch 2.6
    executes what a file asks for, and with any version its errors do not name the file
    (https://github.com/open-mmlab/mmengine/issues/1655). Local files have a public way to replace the
    reader; what is downloaded (http, openmmlab, torchvision, ceph) is read inside of functions, whose
    ``torch`` and ``load_url`` are replaced. Of what is read, ``meta['config']`` is left out: ``Runner.resume``
    runs that text as a Python file, to look for the ``gpu_ids`` of mmcv 1. To call it again changes nothing.

    Args:
        read_checkpoint, read_stream: Those of :mod:`kssnet_mm.checkpoints`.
    """
    import torch
    from mmengine.runner import checkpoint as theirs

    def load_from_local(filename, map_location=None):  # mmengine logs what follows the first ten characters
        return without_program(read_checkpoint(filename, map_location))

    def without_program(content):
        if isinstance(content.get('meta'), dict):
            content['meta'].pop('config', None)
        return content

    def load(file, map_location=None):
        if isinstance(file, (str, os.PathLike)):
            return load_from_local(file, map_location)
        return without_program(read_stream(file, 'a downloaded checkpoint', map_location))

    def load_url(url, model_dir=None, map_location=None, progress=True):
        folder = model_dir or os.path.join(torch.hub.get_dir(), 'checkpoints')
        path = os.path.join(folder, os.path.basename(urlparse(url).path))
        if not os.path.exists(path):
            os.makedirs(folder, exist_ok=True)
            torch.hub.download_url_to_file(url, path, None, progress)
        return load_from_local(path, map_location)

    class SafeTorch(ModuleType):
        """torch, with another ``load``."""

        def __getattr__(self, name):
            return getattr(torch, name)

    theirs.CheckpointLoader.register_scheme('', load_from_local, force=True)
    theirs.torch, theirs.load_url = SafeTorch('torch'), load_url
    theirs.torch.load = load


@contextmanager
def unpickling_nothing() -> Iterator[None]:
    """``torch.export.load`` runs the pickles in a program: where ``weights_only`` fails, it loads them without it.

    torch/_export/serde/serialize.py and torch/export/pt2_archive/_package.py, by design. A variable of torch's own makes
    every ``torch.load`` of this process one of weights alone for the time of the block, whatever its arguments say.
    """
    name = 'TORCH_FORCE_WEIGHTS_ONLY_LOAD'
    before = os.environ.get(name)
    os.environ[name] = '1'
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def replace_parts(loader, dataset, batch_sampler) -> None:
    """Put another data set and another batch sampler into a ``DataLoader`` that exists already.

    torch forbids to assign them, because a sampler is made for one data set. Ours wrap what is there and keep
    the length and the order. Runners build loaders themselves, before any hook is called. Workers that
    run already are given up, since they hold the former data set.
    """
    vars(loader).update(dataset=dataset, batch_sampler=batch_sampler, _iterator=None)


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


def eager_before_torch_2_6(forward):
    """torch.compile of torch 2.1 leaves out forward hooks on modules inside of what it traces, without a word.

    The function then runs without compilation there; ``fullgraph=True`` is an error. Not reported upstream; versions
    between 2.1 and 2.6 were not tried. Does nothing from torch 2.6 on.
    """
    import torch
    if tuple(int(part) for part in torch.__version__.split('.')[:2]) >= (2, 6):
        return forward
    return torch.compiler.disable(forward)
