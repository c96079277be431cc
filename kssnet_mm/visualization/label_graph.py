"""A picture of a label graph."""
import networkx as nx
import numpy as np
from matplotlib.lines import Line2D

from kssnet_mm.graphs import LabelGraph

from .figures import new_figure, save_figure

COLORS = dict(statistics='#3b6fb6', knowledge='#d9822b', both='#3a9d5d', neither='#999999')


def _dense(matrix, size: int) -> np.ndarray:
    if matrix is None:
        return np.zeros((size, size))
    return matrix.toarray() if hasattr(matrix, 'toarray') else np.asarray(matrix)


def edge_origins(graph: LabelGraph) -> dict:
    """Undirected edges of the adjacency -> (weight, 'statistics', 'knowledge', 'both' or 'neither')."""
    n = len(graph.labels)
    adjacency, statistical, knowledge = (_dense(m, n) for m in (
        graph.adjacency, graph.statistical, graph.knowledge))
    edges = {}
    for i in range(n):
        for j in range(i + 1, n):
            weight = max(adjacency[i, j], adjacency[j, i])
            if weight <= 0:
                continue
            known = knowledge[i, j] > 0 or knowledge[j, i] > 0
            counted = statistical[i, j] > 0 or statistical[j, i] > 0
            origin = ('both' if known and counted else 'knowledge' if known else
                      'statistics' if counted else 'neither')
            edges[i, j] = float(weight), origin
    return edges


def plot_label_graph(graph: LabelGraph, path: str, seed: int = 0) -> None:
    """Draw the network: edges as wide as they are heavy, coloured by the prior that gave them.

    Args:
        graph: The label graph.
        path: The picture to write; its ending says the format.
        seed: Of the layout.
    """
    edges = edge_origins(graph)
    network = nx.Graph()
    network.add_nodes_from(range(len(graph.labels)))
    network.add_edges_from((i, j, dict(weight=weight)) for (i, j), (weight, _) in edges.items())
    n = len(graph.labels)
    places = nx.spring_layout(network, seed=seed, k=2.2 / max(n, 1)**0.5, iterations=200)
    side = min(max(7, n**0.5 * 1.6), 24)
    figure = new_figure(side * 1.2, side)
    axes = figure.add_subplot()
    heaviest = max((weight for weight, _ in edges.values()), default=1)
    for origin, color in COLORS.items():
        chosen = [edge for edge, (_, found) in edges.items() if found == origin]
        nx.draw_networkx_edges(network, places, edgelist=chosen, ax=axes, edge_color=color, alpha=0.75,
                               width=[0.4 + 5 * edges[e][0] / heaviest for e in chosen])
    nx.draw_networkx_nodes(network, places, ax=axes, node_size=60, node_color='#222222')
    for i, (x, y) in places.items():
        axes.annotate(graph.labels[i], (x, y), xytext=(0, 7), textcoords='offset points', ha='center',
                      fontsize=9 if n < 100 else 6,
                      bbox=dict(boxstyle='round,pad=0.15', fc='white', ec='none', alpha=0.75))
    present = {origin for _, origin in edges.values()}
    axes.legend(handles=[Line2D([], [], color=COLORS[o], lw=3, label=o) for o in COLORS if o in present],
                title='edge known from', loc='lower left', frameon=False)
    isolated = sum(1 for _, degree in network.degree if degree == 0)
    axes.set_title(f'{n} labels, {len(edges)} edges, {isolated} isolated')
    axes.margins(0.12)
    axes.axis('off')
    save_figure(figure, path)
