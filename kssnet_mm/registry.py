"""The registries of kssnet_mm.

They are mmengine's root registries: a module registered there is found by its plain name from every
``default_scope`` (mmengine, mmpretrain, mmaction or none) once ``kssnet_mm`` is imported. A child
registry would ask every config outside our own scope to write ``kssnet_mm.Name``.
"""
from mmengine.registry import (DATASETS, FUNCTIONS, HOOKS, METRICS, MODELS, OPTIM_WRAPPERS, RUNNERS, TASK_UTILS,
                               TRANSFORMS, VISUALIZERS)

__all__ = [
    'DATASETS', 'FUNCTIONS', 'HOOKS', 'METRICS', 'MODELS', 'OPTIM_WRAPPERS', 'RUNNERS', 'TASK_UTILS', 'TRANSFORMS',
    'VISUALIZERS'
]
