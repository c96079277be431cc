"""Pictures of predictions: what was seen, and the labels' scores beside it."""
from typing import Sequence, Union

import numpy as np

from .figures import new_figure, plain, save_figure

PREDICTED, OTHER, LIMIT = '#3a9d5d', '#bbbbbb', '#333333'


def short(text: str, most: int = 40) -> str:
    """A name as it is, cut where it is long."""
    text = str(text)
    return plain(text if len(text) <= most else text[:most - 1] + '…')


def _bars(axes, names: Sequence[str], scores: np.ndarray, thr: Union[float, np.ndarray], most: int = 8) -> None:
    """The highest scores as bars; those that reach their own class's threshold, a mark, are in colour."""
    scores = np.asarray(scores, dtype=np.float64)
    limits = np.broadcast_to(np.asarray(thr, dtype=np.float64), scores.shape)
    reached = np.asarray(scores, dtype=np.float32) >= limits.astype(np.float32)  # as the model compares
    # The predicted ones come first: with thresholds by class a lower score may be predicted.
    order = np.lexsort((np.arange(len(scores)), -scores, ~reached))[:most]
    order = order[np.argsort(-scores[order], kind='stable')]
    places = np.arange(len(order))[::-1]
    axes.barh(places, scores[order], height=0.7, color=[PREDICTED if reached[i] else OTHER for i in order])
    for place, i in zip(places, order):
        if 0 < limits[i] <= 1:
            axes.plot([limits[i]] * 2, [place - 0.42, place + 0.42], color=LIMIT, linewidth=1.2)
        axes.text(1.04, place, f'{scores[i]:.2f}', va='center', fontsize=8)
    axes.set_yticks(places, [short(names[i]) for i in order], fontsize=9)
    axes.set_xlim(0, 1.15)
    axes.set_ylim(-0.6, max(len(order), 1) - 0.4)
    axes.set_xticks([0, 0.5, 1])
    hidden = int(reached.sum()) - int(reached[order].sum())
    more = f'; {hidden} more predicted' if hidden else ''
    axes.set_xlabel(f'probability; a line is the threshold of its class{more}', fontsize=8)
    for side in ('top', 'right'):
        axes.spines[side].set_visible(False)


def draw_predictions(frames: Sequence[np.ndarray], names: Sequence[str], scores: np.ndarray,
                     thr: Union[float, np.ndarray], path: str) -> None:
    """An image beside its highest scores, or a strip of frames above them.

    Args:
        frames: RGB uint8 (H, W, 3): the image alone, or frames of a video.
        names: N class names.
        scores: Probabilities (N,).
        thr: Decision threshold, one number or (N,): labels whose score reaches their own are coloured.
        path: The picture to write.
    """
    image = len(frames) == 1
    figure = new_figure(9, 4) if image else new_figure(10, 5)
    seen, chart = (figure.subfigures(1, 2, width_ratios=[1.1, 1]) if image else
                   figure.subfigures(2, 1, height_ratios=[1, 1.35]))
    for axes, frame in zip(seen.subplots(1, len(frames), squeeze=False)[0], frames):
        axes.imshow(frame)
        axes.axis('off')
    _bars(chart.subplots(), names, scores, thr)
    save_figure(figure, path)
