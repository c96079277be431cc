"""Pictures of predictions: what was seen, and the labels' scores beside it."""
from typing import Sequence

import numpy as np

from .figures import new_figure, save_figure

PREDICTED, OTHER = '#3a9d5d', '#bbbbbb'


def _bars(axes, names: Sequence[str], scores: np.ndarray, thr: float, most: int = 8) -> None:
    """The highest scores as bars, those at or above the threshold in colour."""
    order = np.argsort(-scores, kind='stable')[:most]
    places = np.arange(len(order))[::-1]
    axes.barh(places, scores[order], height=0.7,
              color=[PREDICTED if scores[i] >= thr else OTHER for i in order])
    for place, i in zip(places, order):
        axes.text(min(scores[i] + 0.02, 1.0), place, f'{scores[i]:.2f}', va='center', fontsize=8)
    axes.set_yticks(places, [str(names[i]) for i in order], fontsize=9)
    axes.set_xlim(0, 1.15)
    axes.set_xticks([0, 0.5, 1])
    axes.set_xlabel('probability')
    for side in ('top', 'right'):
        axes.spines[side].set_visible(False)


def draw_predictions(frames: Sequence[np.ndarray], names: Sequence[str], scores: np.ndarray, thr: float,
                     path: str) -> None:
    """An image beside its highest scores, or a strip of frames above them.

    Args:
        frames: RGB uint8 (H, W, 3): the image alone, or frames of a video.
        names: N class names.
        scores: Probabilities (N,).
        thr: Scores at or above it are coloured as predicted.
        path: The picture to write.
    """
    image = len(frames) == 1
    figure = new_figure(9, 4) if image else new_figure(10, 5)
    seen, chart = (figure.subfigures(1, 2, width_ratios=[1.1, 1]) if image else
                   figure.subfigures(2, 1, height_ratios=[1, 1.35]))
    for axes, frame in zip(seen.subplots(1, len(frames), squeeze=False)[0], frames):
        axes.imshow(frame)
        axes.axis('off')
    _bars(chart.subplots(), names, np.asarray(scores), thr)
    save_figure(figure, path)
