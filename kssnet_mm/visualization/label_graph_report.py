"""The numbers and lists that a report of a label graph shows."""
import math
from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from kssnet_mm.graphs.analysis import Sweep, cluster_order, components, smoothing, spectral_gap, sweep
from kssnet_mm.graphs.edges import ORIGINS, Edges, strongest_edge, strongest_neighbours, undirected_edges, values_at
from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.presets import PRESETS
from kssnet_mm.graphs.summary import control_of, settings_of, summarize
from kssnet_mm.graphs.superimpose import ks_graph

LAMS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
TAUS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)


@dataclass
class Limits:
    """How much of a large graph a page shows.

    Attributes:
        edges: Heaviest edges in the drawn network.
        isolated: Isolated labels drawn beside it.
        heatmap: Labels in a heatmap: those of the heaviest edges.
        rows: Rows of the table of neighbours.
        neighbours: Neighbours of one label in it.
    """
    edges: int = 300
    isolated: int = 200
    heatmap: int = 250
    rows: int = 4000
    neighbours: int = 10


class Neighbour(NamedTuple):
    """A row of the table: A_ij and A_ji of a label i and its neighbour j, A_S,ij and A_K,ij."""
    label: str
    neighbour: str
    weight: float
    back: float
    statistical: Optional[float]
    knowledge: Optional[float]
    origin: str


class Isolated(NamedTuple):
    """A label without an edge, and the largest tau that leaves it one.

    0 where the priors know of none, None where the graph has no priors or is a control.
    """
    label: str
    connects_at: Optional[float]


@dataclass
class LabelGraphReport:
    """All that the page and the pictures show.

    Attributes:
        graph: The graph itself.
        settings: lam, tau, eta, normalize and renormalize.
        settings_known: Whether they are the file's own; otherwise they are the default preset's.
        control: 'identity' or 'shuffle' where the adjacency is not that of the priors, else None.
        facts: Rows of (what, value).
        shown: Positions of the labels of the heatmaps, ordered by cluster.
        edges: All edges, the heaviest first.
        neighbours: The table, at most ``limits.rows`` of ``all_neighbours``.
        all_neighbours: Rows before that limit.
        isolated: Labels without an edge, those that a larger tau connects first.
        smoothing: Mean cosine between labels of E(0..layers) with the graph and with A' = I, or None.
        sweep: lam and tau against density and isolated labels, or None without priors.
        limits: What was left out.
    """
    graph: LabelGraph
    settings: Dict[str, object]
    settings_known: bool
    control: Optional[str]
    facts: List[Tuple[str, str]]
    shown: np.ndarray
    edges: Edges
    neighbours: List[Neighbour]
    all_neighbours: int
    isolated: List[Isolated]
    smoothing: Optional[Tuple[List[float], List[float]]]
    sweep: Optional[Sweep]
    limits: Limits


def edges_of(graph: LabelGraph) -> Edges:
    """The adjacency's edges without direction, the heaviest first, with the priors that know of them."""
    if control_of(graph) != 'shuffle':
        return undirected_edges(graph.adjacency, graph.statistical, graph.knowledge)
    edges = undirected_edges(graph.adjacency)
    return edges._replace(origin=np.full_like(edges.origin, ORIGINS.index('shuffled')))


def _dense(block) -> np.ndarray:
    return block.toarray() if hasattr(block, 'toarray') else np.asarray(block)


def _shown(matrix, most: int) -> np.ndarray:
    """The labels of the heaviest edges, ordered by cluster."""
    heaviest = np.sort(np.argsort(-strongest_edge(matrix), kind='stable')[:most])
    return heaviest[cluster_order(_dense(matrix[heaviest][:, heaviest]))]


def _neighbours(graph: LabelGraph, edges: Edges, limits: Limits) -> Tuple[List[Neighbour], int]:
    label, other = strongest_neighbours(edges, limits.neighbours)
    found = len(label)
    there, back = values_at(graph.adjacency, label, other), values_at(graph.adjacency, other, label)
    order = np.lexsort((np.arange(len(label)), -np.maximum(there, back)))[:limits.rows]
    label, other, there, back = label[order], other[order], there[order], back[order]
    priors = [[None] * len(label) if m is None else values_at(m, label, other).tolist()
              for m in (graph.statistical, graph.knowledge)]
    keys, wanted = (np.minimum(i, j) * graph.num_labels + np.maximum(i, j)
                    for i, j in ((edges.first, edges.second), (label, other)))
    origins = edges.origin[np.argsort(keys)][np.searchsorted(np.sort(keys), wanted)]
    rows = zip(label.tolist(), other.tolist(), there.tolist(), back.tolist(), *priors, origins.tolist())
    return [Neighbour(graph.labels[i], graph.labels[j], *values, ORIGINS[origin])
            for i, j, *values, origin in rows], found


def _gap(matrix) -> str:
    value = spectral_gap(matrix)
    return 'not computed' if math.isnan(value) else f'{value:.4f}'


def _facts(graph: LabelGraph) -> List[Tuple[str, str]]:
    """The summary of the graph and of its spectrum."""
    parts = components(graph.adjacency)
    largest = parts[0] if parts else []
    facts = [row for row in summarize(graph) if row[0] != 'isolated labels']
    isolated = graph.isolated_labels
    facts.append(('isolated labels', f'{len(isolated)} of {graph.num_labels}'))
    several = sum(1 for part in parts if len(part) > 1)
    facts.append(('components', f'{several} of two labels or more, the largest of {len(largest)}'))
    facts.append(('spectral gap', _gap(graph.adjacency)))
    if 1 < len(largest) < graph.num_labels:
        block = graph.adjacency[largest][:, largest]
        # A label with edges in one direction only makes the directed gap 0 within a component as well.
        block = block.maximum(block.T) if hasattr(block, 'maximum') else np.maximum(block, block.T)
        facts.append(('spectral gap of the largest component, as max(A, A^T)', _gap(block)))
    return facts


def build_report(graph: LabelGraph, lams: Sequence[float] = LAMS, taus: Sequence[float] = TAUS,
                 layers: int = 6, limits: Optional[Limits] = None) -> LabelGraphReport:
    """Compute everything that a report shows.

    Args:
        graph: The graph; without priors or embedding it has a shorter report.
        lams: Values of lam to try; the graph's own is added.
        taus: Values of tau to try; the graph's own is added.
        layers: Layers of the smoothing.
        limits: How much of a large graph to show.

    Raises:
        ValueError: A lam is outside [0, 1] or a tau is negative.
    """
    limits = limits or Limits()
    settings, control = settings_of(graph), control_of(graph)
    known, settings = settings is not None, settings or PRESETS['paper_coco']
    mixed = None
    if graph.statistical is not None or graph.knowledge is not None:  # A of eq. 2
        mixed = ks_graph(graph.statistical, graph.knowledge, settings['lam'], 0.0, 1.0, settings['normalize'],
                         settings['renormalize'])
    edges = edges_of(graph)
    neighbours, all_neighbours = _neighbours(graph, edges, limits)
    linked = strongest_edge(graph.adjacency) > 0
    # In a control no tau gives a label the edges of the priors.
    reach = [None] * graph.num_labels if mixed is None or control else strongest_edge(mixed).tolist()
    isolated = [Isolated(graph.labels[i], reach[i]) for i in np.flatnonzero(~linked)]
    isolated.sort(key=lambda item: -(item.connects_at or 0))
    trend = None
    if graph.embedding is not None:
        trend = tuple(smoothing(matrix, graph.embedding, layers) for matrix in (graph.adjacency, None))
    tried = None
    if mixed is not None:
        tried = sweep(graph.statistical, graph.knowledge, sorted({*lams, settings['lam']}),
                      sorted({*taus, settings['tau']}), settings['normalize'], settings['renormalize'])
    return LabelGraphReport(graph, settings, known, control, _facts(graph),
                            _shown(graph.adjacency if mixed is None else mixed, limits.heatmap), edges,
                            neighbours, all_neighbours, isolated, trend, tried, limits)


def heatmap_values(report: LabelGraphReport, name: str) -> np.ndarray:
    """The shown block of the matrix of this name, float64 (n, n), in cluster order."""
    return _dense(getattr(report.graph, name)[report.shown][:, report.shown]).astype(np.float64)
