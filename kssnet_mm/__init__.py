"""kssnet_mm: multi-label recognition with label graphs, as a plugin for OpenMMLab.

``custom_imports = dict(imports=['kssnet_mm'])`` in a config registers everything in mmengine's root
registries, so that the modules are found by their plain names from every ``default_scope``.
"""
from .dependencies import check_dependencies

check_dependencies()

from .compat import apply_workarounds  # noqa: E402

apply_workarounds()

from . import datasets, engine, evaluation, graphs, models  # noqa: E402,F401
from .version import __version__  # noqa: E402

__all__ = ['__version__']
