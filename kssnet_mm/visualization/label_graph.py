"""A picture of a label graph."""
import networkx as nx
from matplotlib.lines import Line2D

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.graphs.analysis import ORIGINS

from .figures import new_figure, save_figure
from .label_graph_report import edges_of

COLORS = dict(statistics='#3b6fb6', knowledge='#d9822b', both='#3a9d5d', neither='#999999', shuffled='#8d6ab8')
# A picture has no room for the names of more labels or the lines of more edges.
MOST_LABELS, MOST_EDGES = 300, 3000
# Number of edges that are drawn of a larger graph.
LIMITED_TO = 300


def plot_label_graph(graph: LabelGraph, path: str, seed: int = 0) -> str:
    """Draw the network: edges as wide as they are heavy, coloured by the prior that gave them.

    Of a graph of more than 300 labels or 3000 edges the 300 heaviest edges and their labels.

    Args:
        graph: The label graph.
        path: The picture to write; its ending says the format.
        seed: Of the layout.

    Returns:
        What is drawn and what is left out, which is the picture's title too.
    """
    edges = edges_of(graph)
    n, found = graph.num_labels, len(edges.weight)
    limited = n > MOST_LABELS or found > MOST_EDGES
    if limited:
        edges = edges.head(LIMITED_TO)
    ends = list(zip(edges.first.tolist(), edges.second.tolist()))
    network = nx.Graph()
    network.add_nodes_from(sorted({node for edge in ends for node in edge}) if limited else range(n))
    network.add_weighted_edges_from((*end, weight) for end, weight in zip(ends, edges.weight.tolist()))
    title = f'{n} labels, {found} edges, {len(graph.isolated_labels)} isolated'
    if limited:
        title += f'; drawn: the {len(ends)} heaviest edges and their {len(network)} labels'
    _draw(network, ends, edges, graph.labels, title, path, seed)
    return title


def _draw(network: nx.Graph, ends: list, edges, labels: list, title: str, path: str, seed: int) -> None:
    n = len(network)
    places = nx.spring_layout(network, seed=seed, k=2.2 / max(n, 1)**0.5, iterations=200)
    side = min(max(7, n**0.5 * 1.6), 24)
    figure = new_figure(side * 1.2, side)
    axes = figure.add_subplot()
    heaviest = edges.weight.max(initial=0) or 1
    present = [origin for number, origin in enumerate(ORIGINS) if (edges.origin == number).any()]
    for origin in present:
        chosen = [k for k, number in enumerate(edges.origin) if ORIGINS[number] == origin]
        nx.draw_networkx_edges(network, places, edgelist=[ends[k] for k in chosen], ax=axes, alpha=0.75,
                               edge_color=COLORS[origin], width=0.4 + 5 * edges.weight[chosen] / heaviest)
    nx.draw_networkx_nodes(network, places, ax=axes, node_size=60, node_color='#222222')
    for node, (x, y) in places.items():
        axes.annotate(labels[node].replace('$', r'\$'), (x, y), xytext=(0, 7), textcoords='offset points',
                      ha='center', fontsize=9 if n < 100 else 6,
                      bbox=dict(boxstyle='round,pad=0.15', fc='white', ec='none', alpha=0.75))
    if present:
        axes.legend(handles=[Line2D([], [], color=COLORS[o], lw=3, label=o) for o in present],
                    title='edge known from', loc='lower left', frameon=False)
    axes.set_title(title)
    axes.margins(0.12)
    axes.axis('off')
    save_figure(figure, path)
