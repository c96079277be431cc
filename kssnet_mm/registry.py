"""The registries that kssnet_mm's modules live in, and what puts them there.

They are mmengine's root registries: a module registered there is found by its plain name from every
``default_scope`` (mmengine, mmpretrain, mmaction or none) once ``kssnet_mm`` is imported. A child
registry would ask every config outside our own scope to write ``kssnet_mm.Name``.
"""
from mmengine.registry import (DATASETS, HOOKS, METRICS, MODELS, OPTIM_WRAPPERS, RUNNERS, TASK_UTILS,
                               TRANSFORMS, VISUALIZERS)

__all__ = [
    'DATASETS', 'HOOKS', 'METRICS', 'MODELS', 'OPTIM_WRAPPERS', 'RUNNERS', 'TASK_UTILS', 'TRANSFORMS',
    'VISUALIZERS', 'register_all_modules', 'register_graphs'
]


def register_all_modules() -> None:
    """Import everything that registers itself, and what makes the stack's wheels work together.

    ``import kssnet_mm`` does this unless it was asked for less. To call it again changes nothing.
    """
    from .compat import apply_workarounds
    apply_workarounds()
    from . import datasets, engine, evaluation, graphs, models  # noqa: F401


def register_graphs() -> None:
    """Import only what builds label graphs, without torch."""
    from .compat import apply_workarounds_without_torch
    apply_workarounds_without_torch()
    from . import graphs  # noqa: F401
