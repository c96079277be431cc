"""Making and writing figures."""
import os

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kssnet_mm.utils.io import whole_file

# Of edges, by the prior that gave them.
COLORS = dict(statistics='#3b6fb6', knowledge='#d9822b', both='#3a9d5d', neither='#999999', shuffled='#8d6ab8')


def new_figure(width: float, height: float) -> Figure:
    """A figure of this size in inches, without a window and without pyplot's global state."""
    figure = Figure(figsize=(width, height), layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: str, dpi: int = 120) -> None:
    """Write it under a temporary name, then rename."""
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=dpi, format=os.path.splitext(path)[1][1:] or 'png')


def plain(text: str) -> str:
    """A name as it is: matplotlib would read $...$ as mathematics."""
    return text.replace('$', r'\$')
