"""What a config asks for and what came out, in a few lines."""
from collections import abc
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np
from scipy import sparse

from .analysis import density
from .edges import off_diagonal
from .label_graph import MATRICES, LabelGraph
from .presets import PRESETS


PLACES = ('model.backbone.gcn.graph', 'model.head.classifier.graph', 'model.cls_head.classifier.graph')


def graph_setting(config: Mapping) -> Tuple[str, object]:
    """Where a config has its label graph, and what stands there: a builder's config or a file; ('', None) for none."""
    for place in PLACES:
        node = config
        for name in place.split('.'):
            node = node.get(name) if isinstance(node, abc.Mapping) else None
        if node is not None:
            return place, node
    return '', None


def find_builder_config(config: Mapping) -> Optional[dict]:
    """The label graph that a config describes, at ``model.backbone.gcn.graph`` or the ``graph`` of its classifier.

    None where nothing is there.

    Raises:
        ValueError: The config has a top-level ``label_graph``, which no model reads, or names a file of a graph there
            instead of describing one.
    """
    if 'label_graph' in config:
        raise ValueError('The label graph is described at model.backbone.gcn.graph; move the top-level label_graph '
                         'there.')
    place, node = graph_setting(config)
    if isinstance(node, str):
        raise ValueError(f'{place} names the file {node}; nothing describes how it is built.')
    return node


def settings_of(graph: LabelGraph) -> Optional[Dict[str, object]]:
    """lam, tau, eta, normalize and renormalize that a graph was made with, None where its file does not say.

    A builder writes them down; of an imported graph they are its preset's.
    """
    stored, names = graph.meta.get('builder') or {}, PRESETS['paper_coco']
    if all(name in stored for name in names):
        return {name: stored[name] for name in names}
    preset = PRESETS.get((graph.meta.get('imported') or {}).get('preset'))
    return None if preset is None else dict(preset)


def control_of(graph: LabelGraph) -> Optional[str]:
    """``'identity'`` or ``'shuffle'`` where the adjacency is a control, else None."""
    return (graph.meta.get('builder') or graph.meta.get('imported') or {}).get('control')


def _shortened(names: List[str], most: int = 8) -> str:
    more = f' and {len(names) - most} more' if len(names) > most else ''
    return (': ' + ', '.join(names[:most]) + more) if names else ''


def summarize(graph: LabelGraph) -> List[Tuple[str, str]]:
    """Rows of (what, value) about a graph: its matrices' edges and densities, isolated labels, embeddings.

    An edge is an off-diagonal non-zero entry; density is their share of N (N - 1).
    """
    rows = [('labels', f'{graph.num_labels}{_shortened(graph.labels, 4)}')]
    for name in MATRICES:
        matrix = getattr(graph, name)
        if matrix is None:
            rows.append((name, 'none'))
            continue
        edges = len(off_diagonal(matrix)[0])
        symmetric = (abs(matrix - matrix.T)).max() <= 1e-6
        rows.append((name, f'{edges} edges, density {density(matrix):.4f}, '
                     f'{"symmetric" if symmetric else "directed"}'
                     f'{", sparse" if sparse.issparse(matrix) else ""}'))
    isolated = graph.isolated_labels
    rows.append(('isolated labels', f'{len(isolated)}{_shortened(isolated)}'))
    statistics = graph.meta.get('statistical') or {}
    if statistics:
        rows.append(('samples', f'{statistics["samples"]}, {statistics["labelled_samples"]} labelled'))
        unseen = statistics['labels_without_samples']
        rows.append(('labels without samples', f'{len(unseen)}{_shortened(unseen)}'))
    embedding = graph.embedding
    if embedding is None:
        rows.append(('embedding', 'none'))
    else:
        zero = [label for label, norm in zip(graph.labels, np.linalg.norm(embedding, axis=1)) if norm == 0]
        rows.append(('embedding', f'{embedding.shape[1]} dimensions, {len(zero)} zero{_shortened(zero)}'))
    return rows + _settings_row(graph)


def _settings_row(graph: LabelGraph) -> List[Tuple[str, str]]:
    settings, imported = settings_of(graph) or {}, graph.meta.get('imported') or {}
    # lam mixes two priors; one, or an imported mixture, it does not touch
    names = ['tau', 'eta'] if graph.statistical is None or graph.knowledge is None else ['lam', 'tau', 'eta']
    kept = [f'{name} {settings[name]}' for name in names if name in settings]
    if 'preset' in imported:
        kept.append(f'imported with the preset {imported["preset"]}')
    if control_of(graph):
        seed = (graph.meta.get('builder') or imported).get('seed')
        kept.append(f'control {control_of(graph)} (seed {seed})')
    return [('settings', ', '.join(kept))] if kept else []
