"""Registering the modules of kssnet_mm: by their names at first, so that to import kssnet_mm imports little."""
from importlib import import_module

from .compat import allow_checkpoint_types, apply_workarounds, read_checkpoints_by, replace_modules, serve_configs_by
from .registry import DATASETS, FUNCTIONS, HOOKS, METRICS, MODELS, OPTIM_WRAPPERS, TASK_UTILS, TRANSFORMS
from .utils.lazy import LazyModules, after_import, places
from .utils.own_configs import SCOPE, own_config

# These need neither torch nor the frameworks, and are imported together.
GRAPH_PARTS = dict.fromkeys((
    'CharadesLabels', 'CocoLabels', 'ConceptNetGraph', 'CooccurrenceGraph', 'DatasetLabels', 'LabelGraphBuilder',
    'LabelTable', 'RandomEmbedding', 'SimilarityGraph', 'VOCLabels', 'WordVectorEmbedding'), 'kssnet_mm.graphs')


def register_lazily() -> None:
    """Tell mmengine's registries in which modules the names of kssnet_mm are.

    Each module is imported when its name is asked for first, by a config or by ``Registry.get``. ``import kssnet_mm``
    does this. What must be in place before a checkpoint is read is put there as soon as mmengine can read one.
    """
    from . import datasets, engine, evaluation, models
    apply_workarounds()
    after_import('mmengine.config.config', lambda: serve_configs_by(SCOPE, own_config))
    after_import('mmengine.runner.checkpoint', _guard_files)
    after_import('mmpretrain.registry', _register_batch_augments)
    for registry, where in ((MODELS, models.PLACES), (DATASETS, datasets.PLACES), (TRANSFORMS, datasets.PLACES),
                            (HOOKS, engine.PLACES), (OPTIM_WRAPPERS, engine.PLACES), (METRICS, evaluation.PLACES),
                            (TASK_UTILS, GRAPH_PARTS),
                            (FUNCTIONS, places('kssnet_mm.visualization', per_class=['plot_per_class']))):
        replace_modules(registry, lambda known, where=where: LazyModules(known, where))


def register_all_modules() -> None:
    """Import and register everything now, for a program that lists what there is. Configs do not need it."""
    from . import datasets, engine, evaluation, models
    for package in (datasets, engine, evaluation, models):
        for module in package.PLACES.values():
            import_module(module)
    from . import graphs  # noqa: F401
    from .visualization import per_class  # noqa: F401


def _guard_files() -> None:
    """Files that mmengine reads run nothing, and those that it writes are whole."""
    from .checkpoints import read_checkpoint, read_stream
    from .engine import whole_file_backend  # noqa: F401
    allow_checkpoint_types()
    read_checkpoints_by(read_checkpoint, read_stream)


def _register_batch_augments() -> None:
    from mmpretrain.registry import BATCH_AUGMENTS
    where = places('kssnet_mm.models', masked_batch_augment=['MaskedBatchAugment'])
    replace_modules(BATCH_AUGMENTS, lambda known: LazyModules(known, where))
