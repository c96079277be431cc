"""One label graph for all processes of a training."""
from typing import Union

from kssnet_mm.registry import TASK_UTILS

from .label_graph import LabelGraph


def graph_of(settings: Union[dict, str]) -> LabelGraph:
    """The label graph that a config describes.

    Args:
        settings: Config of a label graph builder, or the path of a built ``.npz``. Where the builder names a file,
            the main process builds and writes it if it is missing, and the others wait and read it.

    Raises:
        ValueError or OSError: The graph cannot be built or read; see ``LabelGraphBuilder`` and ``LabelGraph.load``.
    """
    if isinstance(settings, str):
        return LabelGraph.load(settings)
    builder = TASK_UTILS.build(settings)
    if settings.get('file') is None:
        return builder.build()
    # imports torch, which a program that only builds graphs does not need
    from mmengine.dist import barrier, is_main_process
    graph = builder.load_or_build() if is_main_process() else None
    barrier()
    return builder.load_or_build() if graph is None else graph
