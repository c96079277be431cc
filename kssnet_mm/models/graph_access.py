"""Where a model's part gets its label graph from when its weights are initialised."""
from typing import Union

from mmengine.dist import barrier, is_main_process

from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.registry import TASK_UTILS


def get_label_graph(graph: Union[dict, str]) -> LabelGraph:
    """The graph of a builder's config, or of the path of a built ``.npz``.

    Under several processes the first one builds a file that is missing, and the others wait and read it.
    """
    if isinstance(graph, str):
        return LabelGraph.load(graph)
    builder = TASK_UTILS.build(graph)
    if graph.get('file') is None:
        return builder.build()
    built = builder.load_or_build() if is_main_process() else None
    barrier()
    return builder.load_or_build() if built is None else built
