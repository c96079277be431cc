"""Registering the modules of kssnet_mm."""


def register_all_modules() -> None:
    """Register all modules, after the workarounds that the packages of OpenMMLab need.

    ``import kssnet_mm`` does this, unless the program only asks for graphs. Calling it again changes nothing.
    """
    from .compat import apply_workarounds, read_checkpoints_by
    apply_workarounds()
    from .checkpoints import read_checkpoint, read_stream
    read_checkpoints_by(read_checkpoint, read_stream)
    from . import datasets, engine, evaluation, graphs, models  # noqa: F401
    from .visualization import per_class  # noqa: F401


def register_graphs() -> None:
    """Register only the parts that build label graphs, without importing torch."""
    from .compat import apply_workarounds_without_torch
    apply_workarounds_without_torch()
    from . import graphs  # noqa: F401
