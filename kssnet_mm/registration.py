"""What puts kssnet_mm's modules into the registries."""


def register_all_modules() -> None:
    """Import everything that registers itself, and what makes the stack's wheels work together.

    ``import kssnet_mm`` does this unless it was asked for less. To call it again changes nothing.
    """
    from .compat import apply_workarounds
    apply_workarounds()
    from . import datasets, engine, evaluation, graphs, models  # noqa: F401
    from .visualization import per_class  # noqa: F401


def register_graphs() -> None:
    """Import only what builds label graphs, without torch."""
    from .compat import apply_workarounds_without_torch
    apply_workarounds_without_torch()
    from . import graphs  # noqa: F401
