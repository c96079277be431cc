"""How all our pictures are written."""
import os

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def new_figure(width: float, height: float) -> Figure:
    """A figure of so many inches that no window and no global state knows of."""
    figure = Figure(figsize=(width, height), layout='constrained')
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: str, dpi: int = 120) -> None:
    """Write it under a temporary name, then rename."""
    folder, name = os.path.split(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    temporary = os.path.join(folder, f'.{os.getpid()}.{name}')
    try:
        figure.savefig(temporary, dpi=dpi, format=os.path.splitext(name)[1][1:] or 'png')
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
