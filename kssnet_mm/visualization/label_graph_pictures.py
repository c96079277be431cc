"""Heatmaps of a label graph's matrices, its smoothing and its sweep, as pictures."""
from typing import List, Optional, Sequence, Tuple

import numpy as np
from matplotlib.colors import PowerNorm

from kssnet_mm.graphs.analysis import Sweep

from .figures import new_figure, save_figure
from .label_graph import COLORS

NAMED_UP_TO = 120


def _plain(text: str) -> str:
    """A name as it is: matplotlib would read $...$ as mathematics."""
    return text.replace('$', r'\$')


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
    if n <= NAMED_UP_TO:
        size = 8 if n <= 40 else 6
        names = [_plain(label) for label in labels]
        axes.set_xticks(range(n), names, rotation=90, fontsize=size)
        axes.set_yticks(range(n), names, fontsize=size)
    else:
        axes.set_xticks([])
        axes.set_yticks([])
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


def draw_sweep(sweep: Sweep, lam: Optional[float], tau: Optional[float], path: str) -> None:
    """Write density and isolated labels for every lam (rows) and tau (columns), the own ones framed.

    ``tau`` None: no cell is the graph's own.
    """
    rows, columns = sweep.density.shape
    figure = new_figure(max(7, 1.5 * columns), 1.5 + 0.32 * rows)
    for axes, values, title, text in zip(figure.subplots(1, 2), (sweep.density, sweep.isolated),
                                         ('density', 'isolated labels'), ('{:.3f}', '{:d}')):
        top = values.max(initial=0) or 1
        axes.imshow(values, cmap='Blues', norm=PowerNorm(0.5, 0, top), aspect='auto')
        for i in range(rows):
            for j in range(columns):
                axes.text(j, i, text.format(values[i, j]), ha='center', va='center', fontsize=7,
                          color='white' if values[i, j] > 0.45 * top else 'black')
                if sweep.lams[i] in (None, lam) and sweep.taus[j] == tau:
                    axes.add_patch(_frame(j, i))
        axes.set_xticks(range(columns), [f'{value:g}' for value in sweep.taus], fontsize=8)
        axes.set_xlabel('tau')
        axes.set_title(title, fontsize=10)
        if sweep.lams == [None]:
            axes.set_yticks([])
        else:
            axes.set_yticks(range(rows), [f'{value:g}' for value in sweep.lams], fontsize=8)
            axes.set_ylabel('lam')
    save_figure(figure, path)


def _frame(column: int, row: int):
    from matplotlib.patches import Rectangle
    return Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=COLORS['knowledge'], lw=2)
