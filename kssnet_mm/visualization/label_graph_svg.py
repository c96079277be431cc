"""The network of a label graph as inline SVG, with a tooltip for every node and edge."""
from html import escape
from typing import Dict, List

from kssnet_mm.graphs.analysis import ORIGINS

from .label_graph import COLORS
from .label_graph_network import Drawing

LISTED = 8


def _tips(drawing: Drawing) -> Dict[int, str]:
    """Position -> what the tooltip of a label says: its name and its heaviest drawn edges."""
    lines: Dict[int, List[str]] = {node: [] for node in drawing.places}
    for i, j, weight, origin in zip(*(column.tolist() for column in drawing.edges)):
        for here, there in ((i, j), (j, i)):
            lines[here].append(f'{weight:.4g} {drawing.labels[there]} ({ORIGINS[origin]})')
    tips = {}
    for node, found in lines.items():
        more = [f'and {len(found) - LISTED} more'] if len(found) > LISTED else []
        tips[node] = '\n'.join([drawing.labels[node]] + (found[:LISTED] + more or ['no edge']))
    return tips


def network_svg(drawing: Drawing) -> str:
    """The drawing as an ``svg`` element; names are escaped, and every node has a title of its own."""
    names, tips = drawing.labels, _tips(drawing)
    parts = [f'<svg id="network" viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" role="img" '
             f'aria-label="network of labels">']
    for i, j, weight, origin, width in zip(*(column.tolist() for column in drawing.edges),
                                           drawing.widths().tolist()):
        (x1, y1), (x2, y2) = drawing.places[i], drawing.places[j]
        tip = escape(f'{names[i]} – {names[j]}: {weight:.4g} ({ORIGINS[origin]})')
        parts.append(f'<line class="edge" data-a="{i}" data-b="{j}" data-tip="{tip}" x1="{x1:.1f}" '
                     f'y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{COLORS[ORIGINS[origin]]}" '
                     f'stroke-width="{width:.2f}"><title>{tip}</title></line>')
    isolated = set(drawing.isolated)
    crowded = ' crowded' if drawing.crowded else ''
    for node, (x, y) in drawing.places.items():
        name = escape(names[node])
        lonely = ' isolated' if node in isolated else ''
        parts.append(f'<g class="node{lonely}{"" if lonely else crowded}" data-node="{node}" '
                     f'data-tip="{escape(tips[node])}"><title>{name}</title>'
                     f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3.5 if lonely else 5}"/>'
                     f'<text x="{x:.1f}" y="{y - 9:.1f}">{name}</text></g>')
    return '\n'.join(parts + ['</svg>'])
