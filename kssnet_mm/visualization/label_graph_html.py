"""The report of a label graph as one html page that needs no network, and its pictures beside it.

``label_graph_page.html`` is the page, a template of jinja2, which escapes every name.
"""
import base64
import os
from pathlib import Path
from typing import Dict, List

import numpy as np
from jinja2 import Environment, FileSystemLoader

from kssnet_mm.graphs.label_graph import MATRICES
from kssnet_mm.utils.io import write_atomically

from .figures import COLORS
from .label_graph_network import Drawing, draw_network, lay_out
from .label_graph_pictures import draw_heatmap, draw_smoothing
from .label_graph_report import LabelGraphReport, heatmap_values

MATRIX_TITLES = dict(statistical='A_S (statistics)', knowledge='A_K (knowledge)', adjacency='A_KS (adjacency)')
# Neighbours that the tooltip of a label names.
LISTED = 8


def _tips(drawing: Drawing) -> Dict[int, str]:
    """Position -> what the tooltip of a label says: its name and its heaviest drawn edges."""
    lines: Dict[int, List[str]] = {node: [] for node in drawing.places}
    for i, j, weight, origin, _ in drawing.lines():
        for here, there in ((i, j), (j, i)):
            lines[here].append(f'{weight:.4g} {drawing.labels[there]} ({origin})')
    return {node: '\n'.join([drawing.labels[node], *(found[:LISTED] or ['no edge']),
                             *([f'and {len(found) - LISTED} more'] if len(found) > LISTED else [])])
            for node, found in lines.items()}


def _data(path: str) -> str:
    """A picture as a link that holds it."""
    return 'data:image/png;base64,' + base64.b64encode(Path(path).read_bytes()).decode('ascii')


def _heatmap(report: LabelGraphReport, name: str, path: str) -> dict:
    """Draw a matrix; the picture, where the matrix lies in it in percent, and its cells (index, value)."""
    values = heatmap_values(report, name)
    box = draw_heatmap(values, [report.graph.labels[i] for i in report.shown], MATRIX_TITLES[name], path)
    cells = [[int(i * len(values) + j), float(f'{values[i, j]:.4g}')] for i, j in zip(*np.nonzero(values))]
    return dict(title=MATRIX_TITLES[name], data=_data(path), box=[100 * share for share in box], cells=cells)


def write_report(report: LabelGraphReport, stem: str, title: str) -> str:
    """Write ``<stem>.html`` and ``<stem>_<part>.png``, whose folder is made where it is missing.

    Args:
        report: What to show.
        stem: Path without an ending.
        title: Heading of the page, as plain text.

    Returns:
        The path of the page.
    """
    stem, graph = os.path.abspath(stem), report.graph
    position = {label: i for i, label in enumerate(graph.labels)}
    drawing = lay_out(graph, report.edges, [position[item.label] for item in report.isolated], report.limits)
    draw_network(drawing, f'{stem}_network.png')
    smoothing = None
    if report.smoothing is not None:
        draw_smoothing(*report.smoothing, f'{stem}_smoothing.png')
        smoothing = _data(f'{stem}_smoothing.png')
    heatmaps = [_heatmap(report, name, f'{stem}_{name}.png') for name in MATRICES if getattr(graph, name) is not None]
    # no cell of the sweep is an identity's own
    own = {} if report.control == 'identity' else report.settings
    templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True,
                            lstrip_blocks=True)
    page = templates.get_template('label_graph_page.html').render(
        report=report, title=title, drawing=drawing, tips=_tips(drawing), colors=COLORS, smoothing=smoothing, own=own,
        heatmaps=heatmaps, lacking=[MATRIX_TITLES[name] for name in MATRICES if getattr(graph, name) is None])
    write_atomically(f'{stem}.html', page)
    return f'{stem}.html'
