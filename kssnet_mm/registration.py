"""Registering the modules of kssnet_mm."""


def register_all_modules() -> None:
    """Register all modules, after the workarounds that the packages of OpenMMLab need.

    ``import kssnet_mm`` does this, unless the program only asks for graphs. Calling it again changes nothing.
    """
    from .compat import apply_workarounds, read_checkpoints_by
    apply_workarounds()
    _serve_configs()
    from .checkpoints import read_checkpoint, read_stream
    read_checkpoints_by(read_checkpoint, read_stream)
    from . import datasets, engine, evaluation, graphs, models  # noqa: F401
    from .visualization import per_class  # noqa: F401


def register_graphs() -> None:
    """Register only the parts that build label graphs, without importing torch."""
    from .compat import apply_workarounds_without_torch
    apply_workarounds_without_torch()
    _serve_configs()
    from . import graphs  # noqa: F401


def _serve_configs() -> None:
    from .compat import serve_configs_by
    from .utils.own_configs import SCOPE, own_config
    serve_configs_by(SCOPE, own_config)
