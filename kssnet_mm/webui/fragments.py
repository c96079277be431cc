"""What is found -> pieces of the page in html. jinja2 escapes every name; ``templates/`` has the pieces."""
import base64
from pathlib import Path
from typing import List, Optional, Sequence

from jinja2 import Environment, FileSystemLoader

from kssnet_mm.visualization.explanations import ORIGIN_COLOURS, REST, UNKNOWN, largest_shares
from kssnet_mm.visualization.label_graph_network import Drawing

from .visit import Visit, label_rows

ORIGINS = dict(itself='the label itself', statistics='edge from statistics', knowledge='edge from knowledge',
               both='edge from both', neither='edge from neither prior', rest='without the graph')
MOST_CHANGES = 12
_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent / 'templates'), autoescape=True,
                         trim_blocks=True, lstrip_blocks=True)


def read_text(name: str) -> str:
    """A file of ``templates/``, as it is."""
    return (Path(__file__).parent / 'templates' / name).read_text(encoding='utf-8')


def sentence(text: str) -> str:
    """An error's text, which begins with a small letter, as a sentence of a page."""
    return text[:1].upper() + text[1:] + ('' if text.endswith(('.', '?', '!')) else '.')


def message_html(text: str, wrong: bool = False) -> str:
    """A sentence for the visitor, which a screen reader reads at once if something is wrong."""
    return _TEMPLATES.get_template('message.html').render(text=text, wrong=wrong)


def labels_html(visit: Visit, every: bool = False) -> str:
    """The labels with a bar for the score and a mark for the threshold, which can be moved."""
    rows, hidden = label_rows(visit, every)
    return _TEMPLATES.get_template('labels.html').render(rows=rows, hidden=hidden, selected=visit.selected)


def found_text(visit: Visit) -> str:
    """'a.jpg: 2 labels are predicted.'"""
    count = len(visit.prediction.labels)
    what = f'{count} labels are' if count > 1 else '1 label is' if count else 'no label is'
    return f'{visit.prediction.id}: {what} predicted.'


def label_html(found: dict) -> str:
    """A label's score, its map in words, and which labels pulled it, from an explanation of one label."""
    (entry, ) = found['labels']
    shares = entry.get('shares')
    shown = largest_shares(shares['rows']) if shares else []
    top = max((abs(row['share']) for row in shown), default=0) or 1.0
    bars = [dict(label=row['label'], share=row['share'], width=50 * abs(row['share']) / top,
                 colour=_colour(row['origin'])) for row in shown]
    present = [dict(text=text, colour=_colour(origin)) for origin, text in ORIGINS.items()
               if any(row['origin'] == origin for row in shown)]
    return _TEMPLATES.get_template('label.html').render(entry=entry, exact=shares and shares['exact'], bars=bars,
                                                        present=present, notes=list(map(sentence, found['notes'])))


def _colour(origin: Optional[str]) -> str:
    """That of the pictures; the label itself follows the colour of the text."""
    if origin == 'itself':
        return 'currentColor'
    return REST if origin == 'rest' else ORIGIN_COLOURS.get(origin, UNKNOWN)


def pictures_html(paths: Sequence[str], text: str) -> str:
    """Pictures inside of the page, one below the other.

    Args:
        paths: Of png files.
        text: What each of them shows, for those who do not see it too.
    """
    pictures = [dict(data=base64.b64encode(Path(path).read_bytes()).decode('ascii'), text=text) for path in paths]
    return _TEMPLATES.get_template('pictures.html').render(pictures=pictures)


def what_if_html(found: dict, most: int = MOST_CHANGES) -> str:
    """The scores before and after a change of the graph, those that change most first."""
    rows = sorted(found['scores'], key=lambda row: -abs(row['after'] - row['before']))[:most]
    return _TEMPLATES.get_template('what_if.html').render(
        rows=rows, appears=found['appears'], disappears=found['disappears'], total=len(found['scores']))


def network_html(drawing: Drawing, selected: Optional[int] = None, predicted: Sequence[int] = ()) -> str:
    """The label graph: predicted labels are filled, and the edges of the selected one stand out."""
    lines = [dict(places=(*drawing.places[i], *drawing.places[j]), colour=ORIGIN_COLOURS[origin], width=width,
                  tip=f'{drawing.labels[i]} – {drawing.labels[j]}: {weight:.3g} ({origin})', near=selected in (i, j))
             for i, j, weight, origin, width in drawing.lines()]
    near = _neighbours(drawing, selected)
    nodes = [dict(position=node, label=drawing.labels[node], x=x, y=y, predicted=node in predicted,
                  selected=node == selected, near=node in near or node == selected)
             for node, (x, y) in drawing.places.items()]
    return _TEMPLATES.get_template('network.html').render(
        drawing=drawing, lines=lines, nodes=nodes, picking=selected in drawing.places,
        legend=[dict(text=f'edge from {origin}', colour=ORIGIN_COLOURS[origin]) for origin in drawing.origins()])


def _neighbours(drawing: Drawing, selected: Optional[int]) -> List[int]:
    return [j if i == selected else i for i, j, *_ in drawing.lines() if selected in (i, j)]
