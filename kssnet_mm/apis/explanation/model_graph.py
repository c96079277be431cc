"""The label graph that a model was trained with."""
import os
from typing import Any, Optional, Sequence

import numpy as np
import torch
from mmengine.config import Config

from kssnet_mm.graphs.builder import LabelGraphBuilder
from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.models.label_gcn import NORMALIZATIONS, LabelGCN

from ..inferencer import MultiLabelInferencer

NO_GRAPH = 'the model has no label graph of a GCN to change: it is a plain or a deployed one'


def gcn_of(model: torch.nn.Module) -> Optional[LabelGCN]:
    """The GCN of a model; None of plain, deployed and exported models and of the control without a graph."""
    gcn = getattr(getattr(model, 'backbone', None), 'gcn', None)
    return gcn if isinstance(gcn, LabelGCN) else None


def without_folder(error: ValueError, described) -> str:
    """What is said of a model's graph, with its file's name in the place of its path: for what others may read.

    Args:
        error: The error of :func:`graph_of`.
        described: What :func:`read_graph` was given.
    """
    file = str(_settings(described).get('file') or '')
    return str(error).replace(file, os.path.basename(file)) if file else str(error)


def _settings(described) -> dict:
    return dict(file=os.fspath(described)) if isinstance(described, (str, os.PathLike)) else dict(described or {})


def read_graph(described, classes: Sequence[str], **changes: Optional[float]) -> LabelGraph:
    """The label graph of a model, from its file.

    Args:
        described: ``gcn.graph`` of the config, or the path of an ``.npz``.
        classes: The names in the model's order.
        changes: Other values of lam, tau or eta; None: as they are.

    Raises:
        ValueError: There is no file, or its adjacency is final, so that nothing can be computed again.
    """
    settings = _settings(described)
    file = settings.get('file')
    if not file or not os.path.isfile(file):
        what = f'the label graph {str(file)!r} is not there' if file else 'the config names no file of a label graph'
        raise ValueError(f'{what}: name it by graph=FILE (--graph FILE)')
    settings.pop('type', None)
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes and settings.get('control') == 'identity':
        raise ValueError(f"the model was trained with control='identity', A = I, which {', '.join(changes)} cannot change")
    if changes and 'builder' not in LabelGraph.load(file).meta:
        raise ValueError(f'{file} keeps a final adjacency without the priors, from which {", ".join(changes)} could '
                         'give another one')
    graph = LabelGraphBuilder(**dict(settings, **changes)).load_or_build()
    return graph.reorder(classes)


def normalized(gcn: LabelGCN, adjacency: np.ndarray) -> torch.Tensor:
    """A' as the GCN keeps it, float32 (N, N)."""
    return torch.from_numpy(np.asarray(NORMALIZATIONS[gcn.normalize](adjacency), dtype=np.float32))


def check_graph(gcn: LabelGCN, graph: LabelGraph) -> None:
    """Raise a ValueError unless the graph is the one that the model was trained with."""
    difference = (normalized(gcn, graph.dense()).to(gcn.adjacency) - gcn.adjacency).abs().max().item()
    if not difference <= 1e-5:
        raise ValueError(f'the label graph gives another adjacency than the one in the checkpoint (they differ by '
                         f'{difference:.2g}): it is not the graph that the model was trained with')


def described_graph(cfg: Config) -> Any:
    """What a model's config says of its label graph; None where it says nothing."""
    return ((cfg.model.backbone.get('gcn') or {}).get('graph')) if 'backbone' in cfg.get('model', {}) else None


def graph_of(inferencer: MultiLabelInferencer, described: Any = None) -> LabelGraph:
    """The label graph that the model was trained with, in the order of its classes.

    Args:
        inferencer: The inferencer of a trained model.
        described: The graph's file. None: what the config names.

    Raises:
        ValueError: The model has no graph, the file is not there, or it is another graph's.
    """
    gcn = gcn_of(inferencer.model)
    if gcn is None:
        raise ValueError(NO_GRAPH)
    graph = read_graph(described or described_graph(inferencer.cfg), inferencer.classes)
    check_graph(gcn, graph)
    return graph
