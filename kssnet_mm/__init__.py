"""kssnet_mm: multi-label recognition with label graphs, as a plugin for OpenMMLab.

``custom_imports = dict(imports=['kssnet_mm'])`` in a config registers everything in mmengine's root
registries, so that the modules are found by their plain names from every ``default_scope``.

A program that only builds or shows label graphs can leave torch out by a line before its imports::

    KSSNET_MM_IMPORT = 'graphs'

Then only ``kssnet_mm.graphs`` is registered, and :func:`register_all_modules` registers the rest at any time. Only the
program that was started (``__main__``) is searched for this line. Processes that it starts do not inherit it.
"""
import sys

from .dependencies import check_dependencies

check_dependencies()

from .registration import register_all_modules, register_graphs  # noqa: E402
from .version import __version__  # noqa: E402

__all__ = ['__version__', 'register_all_modules', 'register_graphs']


def _register() -> None:
    choice = getattr(sys.modules.get('__main__'), 'KSSNET_MM_IMPORT', 'all')
    if choice not in ('all', 'graphs'):
        raise ImportError(f"KSSNET_MM_IMPORT must be 'all' or 'graphs', got {choice!r}: change that line of the "
                          'program')
    # If torch is imported already, leaving the rest out saves nothing.
    if choice == 'graphs' and 'torch' not in sys.modules:
        register_graphs()
    else:
        register_all_modules()


_register()
