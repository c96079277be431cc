"""What a config asks for and what came out, in a few lines."""
from collections import abc
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
from scipy import sparse

from .label_graph import MATRICES, LabelGraph
from .presets import PRESETS


def find_builder_config(config: Any) -> Optional[dict]:
    """A config's ``label_graph``, or else the first ``LabelGraphBuilder`` anywhere in it, or None."""
    if isinstance(config, abc.Mapping):
        if isinstance(config.get('label_graph'), abc.Mapping):
            return config['label_graph']
        if str(config.get('type', '')).rpartition('.')[2] == 'LabelGraphBuilder':
            return config
        parts = config.values()
    elif isinstance(config, (list, tuple)):
        parts = config
    else:
        return None
    return next((found for found in map(find_builder_config, parts) if found is not None), None)


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
    n = graph.num_labels
    rows = [('labels', f'{n}{_shortened(graph.labels, 4)}')]
    for name in MATRICES:
        matrix = getattr(graph, name)
        if matrix is None:
            rows.append((name, 'none'))
            continue
        row, column = matrix.nonzero()
        edges = int(np.count_nonzero(row != column))
        symmetric = (abs(matrix - matrix.T)).max() <= 1e-6
        rows.append((name, f'{edges} edges, density {edges / max(n * (n - 1), 1):.4f}, '
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
