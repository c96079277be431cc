"""The report of a label graph as one html page that needs no network, and its pictures beside it."""
import base64
import json
import os
from html import escape
from pathlib import Path
from string import Template
from typing import List, Optional

import numpy as np

from kssnet_mm.graphs.analysis import ORIGINS
from kssnet_mm.graphs.label_graph import MATRICES

from .label_graph import COLORS
from .label_graph_network import draw_network, lay_out
from .label_graph_pictures import draw_heatmap, draw_smoothing, draw_sweep
from .label_graph_report import LabelGraphReport, heatmap_values
from .label_graph_svg import network_svg
from .label_graph_text import CAPTIONS, CONTROLS, TITLES

HEADS = (('label i', ''), ('neighbour j', ''), ('A_ij', 'number'), ('A_ji', 'number'),
         ('A_S,ij', 'number'), ('A_K,ij', 'number'), ('edge known from', ''))


MATRIX_TITLES = dict(statistical='A_S (statistics)', knowledge='A_K (knowledge)',
                     adjacency='A_KS (adjacency)')


def _part(name: str) -> str:
    return Path(__file__).with_name(f'label_graph_page.{name}').read_text(encoding='utf-8')


def _json(value) -> str:
    """json that cannot end the script element that it stands in."""
    return json.dumps(value, separators=(',', ':')).replace('<', '\\u003c').replace('&', '\\u0026')


def _section(name: str, body: List[str], control: Optional[str] = None) -> str:
    head = [f'<section id="{name}"><h2>{TITLES[name]}</h2>', f'<p>{CAPTIONS[name]}</p>']
    warning = CONTROLS.get(control, {}).get(name)
    if warning is not None:
        head.append(f'<p class="warning">{warning}</p>')
    return '\n'.join(head + body + ['</section>'])


def _image(path: Path, alt: str) -> str:
    data = base64.b64encode(path.read_bytes()).decode('ascii')
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def _facts(report: LabelGraphReport) -> str:
    rows = [f'<tr><th>{escape(what)}</th><td>{escape(value)}</td></tr>' for what, value in report.facts]
    body = ['<table class="facts">'] + rows + ['</table>']
    if not report.settings_known:
        body.append('<p class="warning">The file does not say with which settings it was built. Where '
                    'this page needs lam, tau and the normalisation, it takes those of the preset '
                    'paper_coco.</p>')
    return _section('facts', body, report.control)


def _network(report: LabelGraphReport, path: Path) -> str:
    drawing = lay_out(report)
    draw_network(drawing, str(path))
    present = sorted(set(drawing.edges.origin.tolist()), reverse=True)
    keys = ''.join(f'<span class="key" style="background:{COLORS[ORIGINS[o]]}"></span>{ORIGINS[o]}'
                   for o in present)
    note = f'<p class="note">{escape(drawing.note)}.{f" Edge known from:{keys}" if keys else ""}</p>'
    return _section('drawn', [note, network_svg(drawing)])


def _heatmap(report: LabelGraphReport, name: str, path: Path) -> str:
    values, title = heatmap_values(report, name), MATRIX_TITLES[name]
    labels = [report.graph.labels[i] for i in report.shown]
    left, top, width, height = draw_heatmap(values, labels, title, str(path))
    rows, columns = np.nonzero(values)
    cells = [[int(i * len(labels) + j), float(f'{values[i, j]:.4g}')] for i, j in zip(rows, columns)]
    style = (f'left:{100 * left:.3f}%;top:{100 * top:.3f}%;width:{100 * width:.3f}%;'
             f'height:{100 * height:.3f}%')
    return (f'<figure class="heatmap">{_image(path, title)}<div class="cells" style="{style}">'
            f'<script type="application/json">{_json(cells)}</script></div></figure>')


def _matrices(report: LabelGraphReport, stem: Path) -> str:
    labels = [report.graph.labels[i] for i in report.shown]
    body = [f'<script type="application/json" id="heatmap-labels">{_json(labels)}</script>']
    if len(labels) < report.graph.num_labels:
        body.append(f'<p class="warning">The {len(labels)} labels of the heaviest edges, of '
                    f'{report.graph.num_labels}.</p>')
    present = [name for name in MATRICES if getattr(report.graph, name) is not None]
    body += [f'<p class="note">The graph has no {MATRIX_TITLES[name]}.</p>' for name in MATRICES
             if name not in present]
    figures = [_heatmap(report, name, stem.with_name(f'{stem.name}_{name}.png')) for name in present]
    return _section('matrices', body + ['<div class="heatmaps">'] + figures + ['</div>'])


def _sweep(report: LabelGraphReport, path: Path) -> str:
    sweep, lam, tau = report.sweep, report.settings['lam'], report.settings['tau']
    if sweep is None:
        return _section('sweep', ['<p class="warning">The file holds no priors to try settings on.</p>'])
    if report.control == 'identity':
        lam = tau = None  # no cell is the graph's own
    draw_sweep(sweep, lam, tau, str(path))
    body = ['<div class="sweeps">']
    heads = '<th>lam \\ tau</th>' + ''.join(f'<th>{value:g}</th>' for value in sweep.taus)
    tables = (('density', sweep.density, '{:.4f}'), ('isolated labels', sweep.isolated, '{}'))
    for title, values, text in tables:
        body.append(f'<table><caption>{title}</caption><thead><tr>{heads}</tr></thead><tbody>')
        top = values.max() or 1
        for i, row_lam in enumerate(sweep.lams):
            cells = ''
            for j, value in enumerate(values[i]):
                own = ' class="own"' if row_lam in (None, lam) and sweep.taus[j] == tau else ''
                shade = f'rgba(59,111,182,{0.55 * (value / top)**0.5:.3f})'
                cells += f'<td{own} style="background:{shade}">{text.format(value)}</td>'
            body.append(f'<tr><th>{"one prior" if row_lam is None else f"{row_lam:g}"}</th>{cells}</tr>')
        body.append('</tbody></table>')
    return _section('sweep', body + ['</div>'], report.control)


def _smoothing(report: LabelGraphReport, path: Path) -> str:
    if report.smoothing is None:
        return _section('smoothing', ['<p class="warning">The graph has no embedding.</p>'])
    with_graph, without = report.smoothing
    draw_smoothing(with_graph, without, str(path))
    rows = ''.join(f'<tr><td class="number">{layer}</td><td class="number">{a:.4f}</td>'
                   f'<td class="number">{b:.4f}</td></tr>'
                   for layer, (a, b) in enumerate(zip(with_graph, without)))
    return _section('smoothing', [
        f'<div class="sweeps"><figure class="smoothing">{_image(path, "mean cosine by layer")}</figure>',
        '<table><tr><th class="number">layers</th><th class="number">this graph</th>'
        f'<th class="number">A\' = I</th></tr>{rows}</table></div>'])


def _number(value: Optional[float]) -> str:
    return ('<td class="number" data-value="">none</td>' if value is None else
            f'<td class="number" data-value="{value!r}">{value:.4g}</td>')


def _sortable(heads) -> str:
    """A table up to its first row."""
    cells = ''.join(f'<th class="{kind}"><button type="button">{name}</button></th>'
                    for name, kind in heads)
    return f'<div class="framed"><table class="sortable"><thead><tr>{cells}</tr></thead><tbody>'


def _neighbours(report: LabelGraphReport) -> str:
    body = []
    if len(report.neighbours) < report.all_neighbours:
        body.append(f'<p class="warning">The {len(report.neighbours)} heaviest of '
                    f'{report.all_neighbours} rows.</p>')
    body.append('<input id="filter" type="search" placeholder="rows with this label" '
                'aria-label="rows with this label">'
                + _sortable(HEADS))
    for row in report.neighbours:
        numbers = ''.join(map(_number, (row.weight, row.back, row.statistical, row.knowledge)))
        body.append(f'<tr><td>{escape(row.label)}</td><td>{escape(row.neighbour)}</td>{numbers}'
                    f'<td>{row.origin}</td></tr>')
    return _section('neighbours', body + ['</tbody></table></div>'], report.control)


def _isolated(report: LabelGraphReport) -> str:
    if not report.isolated:
        return _section('isolated', ['<p>None.</p>'])
    shown = report.isolated[:report.limits.rows]
    rows = [f'<tr><td>{escape(item.label)}</td>{_number(item.connects_at)}</tr>' for item in shown]
    left_out = len(report.isolated) - len(shown)
    more = [f'<p class="warning">{left_out} more are not listed.</p>'] if left_out else []
    heads = (('label', ''), ('largest tau that leaves it an edge', 'number'))
    return _section('isolated', more + [_sortable(heads)] + rows + ['</tbody></table></div>'], report.control)


def write_report(report: LabelGraphReport, stem: str, title: str) -> str:
    """Write ``<stem>.html`` and ``<stem>_<part>.png``, whose folder is made where it is missing.

    Args:
        report: What to show.
        stem: Path without an ending.
        title: Heading of the page, as plain text.

    Returns:
        The path of the page.
    """
    where = Path(os.path.abspath(stem))
    where.parent.mkdir(parents=True, exist_ok=True)

    def png(part: str) -> Path:
        return where.with_name(f'{where.name}_{part}.png')

    body = [_facts(report), _network(report, png('network')), _matrices(report, where),
            _sweep(report, png('sweep')), _smoothing(report, png('smoothing')), _neighbours(report),
            _isolated(report)]
    page = Template(_part('html')).substitute(title=escape(title), css=_part('css'), js=_part('js'),
                                              body='\n'.join(body))
    path = where.with_name(f'{where.name}.html')
    temporary = where.with_name(f'.{os.getpid()}.{where.name}.html')
    try:
        temporary.write_text(page, encoding='utf-8')
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return str(path)
