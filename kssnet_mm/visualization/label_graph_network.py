"""The network of a label graph: choosing the part that is drawn, its layout, and its picture."""
from dataclasses import dataclass
from typing import Dict, List, Tuple

import networkx as nx
import numpy as np
from matplotlib.lines import Line2D

from kssnet_mm.graphs.analysis import ORIGINS, Edges

from .figures import new_figure, save_figure
from .label_graph import COLORS
from .label_graph_report import LabelGraphReport

WIDTH = 1200
# Up to so many nodes networkx's slower layout, which spreads labels better, takes a second or two.
KAMADA_KAWAI_UP_TO = 120
# From so many linked labels on, names show on hover only, and all is drawn smaller.
NAMED_UP_TO, CROWDED_SCALE = 150, 0.45
# Room for a name on both sides of a node, in units of the drawing.
MARGIN_X, MARGIN_Y, COLUMN, ROW = 56, 30, 120, 34


@dataclass
class Drawing:
    """A laid-out network; x runs to the right and y DOWN, as in SVG.

    Attributes:
        labels: Names by position.
        places: Position -> (x, y), of the drawn labels.
        edges: The drawn edges.
        isolated: Positions of the drawn labels without any edge.
        width, height: Size of the drawing.
        crowded: Whether there is no room for the names of linked labels.
        note: What is drawn and what is left out.
    """
    labels: List[str]
    places: Dict[int, Tuple[float, float]]
    edges: Edges
    isolated: List[int]
    width: float
    height: float
    crowded: bool
    note: str

    def widths(self, thinnest: float = 0.8, widest: float = 7) -> np.ndarray:
        """Line widths, growing with the weight."""
        heaviest = self.edges.weight.max(initial=0) or 1
        return thinnest + (widest - thinnest) * self.edges.weight / heaviest


def _unit_layout(part: nx.Graph, seed: int) -> Dict[int, np.ndarray]:
    """networkx's layout of a connected graph, moved into [0, 1]^2."""
    if len(part) <= KAMADA_KAWAI_UP_TO:
        places = nx.kamada_kawai_layout(part, weight=None)
    else:
        places = nx.spring_layout(part, seed=seed, k=2.5 / len(part)**0.5, iterations=150)
    spots = np.array([places[node] for node in part])
    # Wide drawings hold names better than tall ones: turn the longest direction to x.
    centred = spots - spots.mean(axis=0)
    turned = centred @ np.linalg.svd(centred, full_matrices=False)[2].T
    low, size = turned.min(axis=0), np.ptp(turned, axis=0)
    return dict(zip(part, np.where(size > 1e-9, (turned - low) / np.where(size > 1e-9, size, 1), 0.5)))


def _stretch(places: Dict[int, Tuple[float, float]], shelf: List[int], used: float) -> None:
    """Widen a row of components towards the whole width, which leaves more room for names."""
    factor = min(WIDTH / max(used, 1), 2)
    for node in shelf:
        places[node] = places[node][0] * factor, places[node][1]


def lay_out(report: LabelGraphReport, seed: int = 0) -> Drawing:
    """Place the labels of the heaviest edges component by component, and isolated labels below them."""
    limits, edges = report.limits, report.edges.head(report.limits.edges)
    network = nx.Graph()
    network.add_edges_from(zip(edges.first.tolist(), edges.second.tolist()))
    crowded = len(network) > NAMED_UP_TO
    scale = CROWDED_SCALE if crowded else 1
    margin_x, margin_y = scale * MARGIN_X, scale * MARGIN_Y
    places: Dict[int, Tuple[float, float]] = {}
    x = y = depth = 0.0
    shelf: List[int] = []
    for nodes in sorted(nx.connected_components(network), key=lambda part: (-len(part), min(part))):
        part = network.subgraph(sorted(nodes))
        width = min(2 * margin_x + scale * (135 * (len(part)**0.5 - 1) + 40), WIDTH)
        height = 2 * margin_y + scale * 95 * (len(part)**0.5 - 1)
        if x + width > WIDTH:
            _stretch(places, shelf, x)
            x, y, depth, shelf = 0.0, y + depth, 0.0, []
        for node, (u, v) in _unit_layout(part, seed).items():
            places[node] = (x + margin_x + u * (width - 2 * margin_x),
                            y + margin_y + v * (height - 2 * margin_y))
        x, depth = x + width, max(depth, height)
        shelf.extend(part)
    _stretch(places, shelf, x)
    bottom = y + depth
    position = {label: i for i, label in enumerate(report.graph.labels)}
    isolated = [position[item.label] for item in report.isolated[:limits.isolated]]
    columns = WIDTH // COLUMN
    for k, node in enumerate(isolated):
        places[node] = (COLUMN * (k % columns + 0.5), bottom + 40 + ROW * (k // columns))
    rows = -(-len(isolated) // columns)
    height = bottom + (40 + ROW * rows if rows else 20)
    return Drawing(report.graph.labels, places, edges, isolated, WIDTH, max(height, 60.0), crowded,
                   _note(report, len(places) - len(isolated), edges, isolated))


def _note(report: LabelGraphReport, drawn: int, edges: Edges, isolated: List[int]) -> str:
    shown, all_edges = len(edges.weight), len(report.edges.weight)
    note = f'{drawn} labels, {shown} edges' if shown == all_edges else (
        f'the {shown} heaviest of {all_edges} edges and their {drawn} labels')
    if report.isolated:
        note += f'; {len(report.isolated)} labels have no edge'
        if len(isolated) < len(report.isolated):
            note += f', {len(isolated)} of them are drawn'
    missing = report.graph.num_labels - drawn - len(report.isolated)
    return note + (f'; {missing} labels have lighter edges only and are not drawn' if missing else '')


def draw_network(drawing: Drawing, path: str) -> None:
    """Write the network as a picture: edges as wide as heavy, coloured by the prior that gave them."""
    figure = new_figure(drawing.width / 90, drawing.height / 90 + 0.5)
    axes = figure.add_subplot()
    network = nx.Graph()
    network.add_nodes_from(drawing.places)
    ends = list(zip(drawing.edges.first.tolist(), drawing.edges.second.tolist()))
    if ends:
        colors = [COLORS[ORIGINS[origin]] for origin in drawing.edges.origin]
        nx.draw_networkx_edges(network, drawing.places, edgelist=ends, ax=axes,
                               width=drawing.widths(0.5, 5), edge_color=colors, alpha=0.7)
    if drawing.places:
        colors = ['#aaaaaa' if node in set(drawing.isolated) else '#222222' for node in network]
        nx.draw_networkx_nodes(network, drawing.places, ax=axes, node_size=28, node_color=colors)
    named = drawing.isolated if drawing.crowded else drawing.places
    for node in named:
        axes.annotate(drawing.labels[node].replace('$', r'\$'), drawing.places[node], xytext=(0, 5),
                      textcoords='offset points', ha='center', fontsize=8,
                      bbox=dict(boxstyle='round,pad=0.1', fc='white', ec='none', alpha=0.7))
    present = sorted(set(drawing.edges.origin.tolist()), reverse=True)
    if present:
        axes.legend(handles=[Line2D([], [], color=COLORS[ORIGINS[o]], lw=3, label=ORIGINS[o])
                             for o in present], title='edge known from', frameon=False,
                    loc='upper center', bbox_to_anchor=(0.5, 0), ncol=len(present))
    axes.set_title(drawing.note, fontsize=10)
    axes.set(xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.axis('off')
    save_figure(figure, path)
