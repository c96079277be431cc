"""kssnet_mm: multi-label recognition with label graphs, as a plugin for OpenMMLab.

``custom_imports = dict(imports=['kssnet_mm'])`` in a config makes everything known to mmengine's root registries, so
that the modules are found by their plain names from every ``default_scope``. A module is imported when it is asked for:
to import this package imports neither torch nor the frameworks.
"""
from .dependencies import check_dependencies

check_dependencies()

from .registration import register_all_modules, register_lazily  # noqa: E402
from .version import __version__  # noqa: E402

__all__ = ['__version__', 'register_all_modules']

register_lazily()
