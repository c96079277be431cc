"""Where the edges of a label graph come from: statistics, knowledge or both."""
from typing import List, Optional

import numpy as np

from kssnet_mm.graphs.edges import ORIGINS, values_at
from kssnet_mm.graphs.label_graph import LabelGraph


def edge_origins(graph: Optional[LabelGraph], label: int, neighbours: np.ndarray) -> List[Optional[str]]:
    """For each neighbour 'statistics', 'knowledge', 'both' or 'neither', 'itself' for the label; None: nobody knows.

    A graph knows nothing of it where it keeps no priors, or where its labels were permuted as a control.
    """
    neighbours = np.asarray(neighbours, dtype=np.int64)
    place = np.full(len(neighbours), label)
    known = np.zeros(len(neighbours), dtype=int)
    shuffled = graph is not None and (graph.meta.get('builder') or graph.meta.get('imported') or {}).get('control')
    silent = graph is None or shuffled or (graph.statistical is None and graph.knowledge is None)
    for number, prior in enumerate(() if silent else (graph.statistical, graph.knowledge)):
        there = (values_at(prior, place, neighbours) > 0) | (values_at(prior, neighbours, place) > 0)
        known += there * (number + 1)
    return ['itself' if j == label else None if silent else ORIGINS[k] for j, k in zip(neighbours, known)]
