"""The network of a label graph: choosing the part that is drawn, its layout, and its picture."""
from dataclasses import dataclass
from typing import Dict, Iterator, List, Sequence, Tuple

import networkx as nx
import numpy as np
from matplotlib.lines import Line2D

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.graphs.edges import ORIGINS, Edges, strongest_edge

from .figures import COLORS, new_figure, plain, save_figure
from .label_graph_report import Limits, edges_of

WIDTH = 1200
# From so many linked labels on, names show on hover only, all is drawn smaller, and a faster layout places it.
NAMED_UP_TO, CROWDED_SCALE = 150, 0.45
# Room for a name on both sides of a node, and of an isolated label, in units of the drawing.
MARGIN_X, MARGIN_Y, COLUMN, ROW = 56, 30, 120, 34
APART = 5
# A picture of more labels or edges is limited to the heaviest.
MOST_LABELS, MOST_EDGES = 300, 3000


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

    def lines(self) -> Iterator[Tuple[int, int, float, str, float]]:
        """(position, other position, weight, origin, line width) of each edge."""
        for i, j, weight, origin, width in zip(*(column.tolist() for column in self.edges), self.widths().tolist()):
            yield i, j, weight, ORIGINS[origin], width

    def origins(self) -> List[str]:
        """What the drawn edges are known from."""
        return [ORIGINS[k] for k in sorted(set(self.edges.origin.tolist()), reverse=True)]


def lay_out(graph: LabelGraph, edges: Edges, isolated: Sequence[int], limits: Limits, seed: int = 0) -> Drawing:
    """Place the labels of the heaviest edges by their distances in steps, and isolated labels in rows below them."""
    shown, alone = edges.head(limits.edges), list(isolated)[:limits.isolated]
    network = nx.Graph()
    network.add_edges_from(zip(shown.first.tolist(), shown.second.tolist()))
    linked, places, bottom = len(network), {}, 0.0
    crowded = linked > NAMED_UP_TO
    if linked:
        if crowded:
            found = nx.spring_layout(network, seed=seed, k=2.2 / linked**0.5, iterations=200)
        else:  # labels that nothing connects lie APART steps from each other
            steps = dict(nx.all_pairs_shortest_path_length(network))
            found = nx.kamada_kawai_layout(network, {i: {j: steps[i].get(j, APART) for j in network} for i in network})
        spots = np.array(list(found.values()))
        spots = (spots - spots.min(axis=0)) / np.maximum(np.ptp(spots, axis=0), 1e-9)
        room = np.array([WIDTH - 2 * MARGIN_X, 95 * linked**0.5 * (CROWDED_SCALE if crowded else 1)])
        places = dict(zip(found, map(tuple, ([MARGIN_X, MARGIN_Y] + spots * room).tolist())))
        bottom = 2 * MARGIN_Y + room[1]
    columns = WIDTH // COLUMN
    for k, node in enumerate(alone):
        places[node] = (COLUMN * (k % columns + 0.5), bottom + MARGIN_Y + ROW * (k // columns))
    height = bottom + MARGIN_Y + ROW * -(-len(alone) // columns)
    note = f'{graph.num_labels} labels, {len(edges.weight)} edges, {len(isolated)} isolated'
    if len(shown.weight) < len(edges.weight) or len(alone) < len(isolated):
        note += f'; drawn: the {len(shown.weight)} heaviest edges and their {linked} labels'
        note += f', {len(alone)} isolated labels' if alone else ''
    return Drawing(graph.labels, places, shown, alone, WIDTH, float(height), crowded, note)


def draw_network(drawing: Drawing, path: str) -> None:
    """Write the network as a picture: edges as wide as heavy, coloured by the prior that gave them."""
    figure = new_figure(drawing.width / 90, drawing.height / 90 + 0.5)
    axes = figure.add_subplot()
    network = nx.Graph()
    network.add_nodes_from(drawing.places)
    lines = list(drawing.lines())
    if lines:
        nx.draw_networkx_edges(network, drawing.places, edgelist=[line[:2] for line in lines], ax=axes, alpha=0.7,
                               width=drawing.widths(0.5, 5), edge_color=[COLORS[line[3]] for line in lines])
    alone = set(drawing.isolated)
    nx.draw_networkx_nodes(network, drawing.places, ax=axes, node_size=28,
                           node_color=['#aaaaaa' if node in alone else '#222222' for node in network])
    for node in drawing.isolated if drawing.crowded else drawing.places:
        axes.annotate(plain(drawing.labels[node]), drawing.places[node], xytext=(0, 5), textcoords='offset points',
                      ha='center', fontsize=8, bbox=dict(boxstyle='round,pad=0.1', fc='white', ec='none', alpha=0.7))
    if lines:
        handles = [Line2D([], [], color=COLORS[origin], lw=3, label=origin) for origin in drawing.origins()]
        axes.legend(handles=handles, title='edge known from', frameon=False, loc='upper center',
                    bbox_to_anchor=(0.5, 0), ncol=len(handles))
    axes.set_title(drawing.note, fontsize=10)
    axes.set(xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.axis('off')
    save_figure(figure, path)


def drawing_of(graph: LabelGraph, seed: int = 0) -> Drawing:
    """All of a graph, laid out; of more than 300 labels or 3000 edges the 300 heaviest edges and their labels."""
    edges = edges_of(graph)
    whole = graph.num_labels <= MOST_LABELS and len(edges.weight) <= MOST_EDGES
    limits = Limits(edges=MOST_EDGES, isolated=MOST_LABELS) if whole else Limits(isolated=0)
    return lay_out(graph, edges, np.flatnonzero(strongest_edge(graph.adjacency) == 0).tolist(), limits, seed)


def plot_label_graph(graph: LabelGraph, path: str, seed: int = 0) -> str:
    """Draw the network: edges as wide as they are heavy, coloured by the prior that gave them.

    Of a graph of more than 300 labels or 3000 edges the 300 heaviest edges and their labels.

    Args:
        graph: The label graph.
        path: The picture to write; its ending says the format.
        seed: Seed of the layout.

    Returns:
        What is drawn and what is left out, which is the picture's title too.
    """
    drawing = drawing_of(graph, seed)
    draw_network(drawing, path)
    return drawing.note
