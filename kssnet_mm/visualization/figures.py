"""How all our pictures are written."""
import os

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from kssnet_mm.utils.io import whole_file


def new_figure(width: float, height: float) -> Figure:
    """A figure of so many inches that no window and no global state knows of."""
    figure = Figure(figsize=(width, height), layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: str, dpi: int = 120) -> None:
    """Write it under a temporary name, then rename."""
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=dpi, format=os.path.splitext(path)[1][1:] or 'png')
