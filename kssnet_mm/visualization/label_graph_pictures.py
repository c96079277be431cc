"""Heatmaps of a label graph's matrices and its smoothing, as pictures."""
from typing import List, Sequence, Tuple

import numpy as np
from matplotlib.colors import PowerNorm

from .figures import COLORS, new_figure, plain, save_figure

NAMED_UP_TO = 120


def draw_heatmap(values: np.ndarray, labels: Sequence[str], title: str,
                 path: str) -> Tuple[float, float, float, float]:
    """Write an n x n matrix as a picture.

    Args:
        values: Weights >= 0; 0 is white. Colours grow with the square root of the weight up to the
            heaviest edge, so that light edges show; a diagonal heavier than that has its colour.
        labels: n names.
        title: Above the picture.
        path: The picture to write.

    Returns:
        Left, top, width and height of the matrix in the picture, as shares of its size.
    """
    n = len(values)
    edges = values[~np.eye(n, dtype=bool)]
    top = edges.max(initial=0) or values.max(initial=0) or 1
    side = min(max(4, 0.115 * n + 2), 13)
    figure = new_figure(side * 1.08, side)
    axes = figure.add_subplot()
    image = axes.imshow(np.ma.masked_equal(values, 0), cmap='viridis_r', norm=PowerNorm(0.5, 0, top),
                        interpolation='nearest')
    names, size = [plain(label) for label in labels] if n <= NAMED_UP_TO else [], 8 if n <= 40 else 6
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=size)
    axes.set_yticks(range(len(names)), names, fontsize=size)
    axes.tick_params(length=0)
    axes.set_title(title, fontsize=10)
    extend = 'max' if values.max(initial=0) > top else 'neither'
    figure.colorbar(image, ax=axes, shrink=0.6, extend=extend)
    save_figure(figure, path)
    box = axes.get_position()
    return box.x0, 1 - box.y1, box.width, box.height


def draw_smoothing(with_graph: List[float], without: List[float], path: str) -> None:
    """Write the mean cosine between labels after 0, 1, ... layers, with the graph and with A' = I."""
    figure = new_figure(6, 3.4)
    axes = figure.add_subplot()
    layers = range(len(with_graph))
    axes.plot(layers, without, 'o--', color='#999999', label="A' = I (LeakyReLU alone)")
    axes.plot(layers, with_graph, 'o-', color=COLORS['statistics'], label="A'$_{KS}$ of this graph")
    axes.set(xlabel='layers', ylabel='mean cosine between labels', xticks=list(layers))
    axes.set_ylim(min(0, *with_graph, *without) - 0.03, 1.03)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    save_figure(figure, path)
