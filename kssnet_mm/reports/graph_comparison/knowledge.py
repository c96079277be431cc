"""What a config knows of the labels beside the samples: the arms of knowledge, named by what they are."""
import os
from typing import Dict, Mapping, Sequence, Union

import numpy as np

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.graphs.similarity import similarity
from kssnet_mm.graphs.summary import graph_setting
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.configs import type_name
from kssnet_mm.utils.labels import match_labels

# What stands at ``graph`` in a config, or a graph that was read from a file.
Described = Union[dict, LabelGraph, None]


def graph_in(model: Mapping) -> Described:
    """The label graph of a config's model: at the GCN of its backbone, else at its classifier.

    A graph that is named by its file alone is read.

    Raises:
        ValueError or OSError: The file cannot be read; names it.
    """
    _, found = graph_setting(dict(model=model))
    if isinstance(found, (str, os.PathLike)):
        return LabelGraph.load(found)
    if not found:
        return None
    described = any(found.get(name) for name in ('statistical', 'knowledge', 'embedding'))
    return dict(found) if described or not found.get('file') else LabelGraph.load(found['file'])


def knowledge_configs(described: Described) -> Dict[str, dict]:
    """Arm -> the config of its knowledge graph: 'vectors' and 'conceptnet', as far as they are there.

    ``SimilarityGraph`` is the arm 'vectors', whether it is the config's knowledge or made of its embedding. Of a file,
    the configs are those that it was built from, without folders.
    """
    if isinstance(described, LabelGraph):
        described = described.meta.get('builder')
    found, embedding = {}, (described or {}).get('embedding') or {}
    if type_name(embedding.get('type', '')) not in ('', 'RandomEmbedding'):
        found['vectors'] = dict(type='SimilarityGraph', embedding=embedding)
    knowledge = (described or {}).get('knowledge')
    if knowledge:
        similar = type_name(knowledge['type']) == 'SimilarityGraph'
        found['vectors' if similar else 'conceptnet'] = knowledge
    return found


def priors(described: Described, classes: Sequence[str]) -> Dict[str, np.ndarray]:
    """Arm -> N x N weights >= 0, of the arms of :func:`knowledge_configs`; those without an edge are left out.

    Raises:
        LabelMismatchError: A graph of a file lacks a class.
    """
    if isinstance(described, LabelGraph):
        return _of_file(described, classes)
    labels, concepts = list(classes), None
    source = ((described or {}).get('statistical') or {}).get('source')
    if source is not None:
        found = getattr(TASK_UTILS.build(dict(source)), 'concepts', lambda: None)()
        concepts = found and {label: found[label] for label in labels if label in found}
    matrices = {arm: TASK_UTILS.build(dict(config)).build(labels, concepts=concepts)[0]
                for arm, config in knowledge_configs(described).items()}
    return _with_edges(matrices)


def _of_file(graph: LabelGraph, classes: Sequence[str]) -> Dict[str, np.ndarray]:
    matrices, configs = {}, knowledge_configs(graph)
    if graph.embedding is not None and ('vectors' in configs or not graph.meta.get('builder')):
        matrices['vectors'] = similarity(graph.embedding.astype(np.float64))
        np.fill_diagonal(matrices['vectors'], 0)  # as SimilarityGraph does
    if graph.knowledge is not None:
        of_vectors = 'vectors' in configs and 'conceptnet' not in configs
        matrices['vectors' if of_vectors else 'conceptnet'] = graph.knowledge
    index = match_labels(classes, graph.labels, subset=True, where="the label graph's file")
    return _with_edges({arm: matrix[index][:, index] for arm, matrix in matrices.items()})


def _with_edges(matrices: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
    """Dense float64, of the matrices that join any two labels."""
    dense = {arm: np.array(matrix.toarray() if hasattr(matrix, 'toarray') else matrix, dtype=np.float64)
             for arm, matrix in matrices.items()}
    return {arm: matrix for arm, matrix in dense.items() if (matrix - np.diag(np.diag(matrix))).any()}
