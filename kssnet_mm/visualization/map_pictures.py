"""Maps of labels over photographs and frames."""
from typing import Dict, Optional, Sequence, Tuple

import numpy as np
from matplotlib.cm import ScalarMappable

from .figures import new_figure, plain, save_figure
from .predictions import short

# Red speaks for a label and blue against it; both can be told apart without seeing red or green.
COLOURS = 'RdBu_r'
Box = Tuple[float, float, float, float]


def _overlay(axes, picture: np.ndarray, values: np.ndarray, top: float, box: Optional[Box] = None):
    """A picture in grey under a map that is the more opaque, the further from 0 it is."""
    height, width = picture.shape[:2]
    left, upper, right, lower = box or (0, 0, width, height)
    grey = picture.astype(np.float32) @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    axes.imshow(128 + 0.6 * (grey - 128), cmap='gray', vmin=0, vmax=255, extent=(0, width, height, 0))
    image = axes.imshow(values, cmap=COLOURS, vmin=-top, vmax=top, extent=(left, right, lower, upper),
                        interpolation='bilinear', alpha=np.clip(0.1 + 0.7 * np.abs(values) / top, 0, 0.75))
    if box and (left > 1 or upper > 1 or right < width - 1 or lower < height - 1):
        axes.plot([left, right, right, left, left], [upper, upper, lower, lower, upper], color='white', linewidth=1.2,
                  linestyle='--')
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis('off')
    return image


def _bar(figure, image, axes, text: str) -> None:
    """A scale of colours that is opaque, whatever the map on the picture is."""
    bar = figure.colorbar(ScalarMappable(image.norm, COLOURS), ax=axes, shrink=0.8, pad=0.02)
    if '[0, 1]' in text:  # a map that has no negative side
        bar.ax.set_ylim(0, None)
    bar.set_label(text, fontsize=8)
    bar.ax.tick_params(labelsize=8)


def largest(values: np.ndarray) -> float:
    """The largest size of a value, for a scale around 0; 1 where all are 0."""
    return float(np.abs(values).max(initial=0)) or 1.0


def draw_map(picture: np.ndarray, values: np.ndarray, title: str, path: str, box: Optional[Box] = None,
             unit: str = 'logit, before the mean') -> None:
    """A photograph beside the same one under a map.

    Args:
        picture: RGB uint8 (H, W, 3).
        values: The map (h, w); its sign is kept.
        title: Above the picture.
        path: The picture to write.
        box: Left, top, right and bottom edge of the part of the photograph that the network saw, in pixels. None: all
            of it.
        unit: What the map's values are.
    """
    height, width = picture.shape[:2]
    figure = new_figure(9.4, min(max(4.2 * height / width, 2.2), 7) + 0.5)
    left, right = figure.subplots(1, 2)
    left.imshow(picture)
    left.axis('off')
    _bar(figure, _overlay(right, picture, values, largest(values), box), right, unit)
    figure.suptitle(plain(title), fontsize=10)
    save_figure(figure, path)


def draw_map_over_frames(frames: Sequence[np.ndarray], values: np.ndarray, title: str, path: str,
                         unit: str = 'logit, before the mean', most: int = 6) -> None:
    """Frames, the same frames under a map, and the map's mean over the positions, along time.

    Args:
        frames: RGB uint8 (H, W, 3), as the network saw them.
        values: The map (T', h, w), over the same time as the frames.
        title: Above the picture.
        path: The picture to write.
        unit: What the map's values are.
        most: Frames that are shown, evenly spaced.
    """
    picked = np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int)
    slices = [min(int((i + 0.5) * len(values) / len(frames)), len(values) - 1) for i in picked]
    figure = new_figure(11, 5.6)
    upper, lower = figure.subfigures(2, 1, height_ratios=[2.3, 1])
    grid, top = upper.subplots(2, len(picked), squeeze=False), largest(values)
    for column, (frame, part) in enumerate(zip(picked, slices)):
        grid[0, column].imshow(frames[frame])
        grid[0, column].set_title(f'frame {frame + 1} of {len(frames)}', fontsize=8)
        grid[0, column].axis('off')
        image = _overlay(grid[1, column], frames[frame], values[part], top)
    _bar(upper, image, grid, unit)
    axes = lower.subplots()
    means = values.reshape(len(values), -1).mean(axis=1)
    edges = np.linspace(0, len(frames), len(values) + 1)
    axes.bar(edges[:-1], means, width=np.diff(edges), align='edge', edgecolor='white',
             color=['#b2182b' if mean > 0 else '#2166ac' for mean in means])
    axes.axhline(0, color='black', linewidth=0.8)
    axes.set_xlim(0, len(frames))
    axes.set_xlabel('frame', fontsize=8)
    axes.set_ylabel('mean of the map', fontsize=8)
    axes.tick_params(labelsize=8)
    for side in ('top', 'right'):
        axes.spines[side].set_visible(False)
    figure.suptitle(plain(title), fontsize=10)
    save_figure(figure, path)


def draw_label_maps(picture: np.ndarray, maps: Dict[str, np.ndarray], title: str, path: str,
                    box: Optional[Box] = None) -> None:
    """What one lateral connection looked for: a photograph or frame under the map of each label.

    The maps share one scale, so that labels can be compared.

    Args:
        picture: RGB uint8 (H, W, 3).
        maps: Label -> (h, w).
        title: Above the picture.
        path: The picture to write.
        box: As of :func:`draw_map`.
    """
    columns = 2 if len(maps) in (1, 3) else 3  # no picture stands alone in the last row of four
    rows = -(-(len(maps) + 1) // columns)
    height, width = picture.shape[:2]
    figure = new_figure(3.3 * columns + 1, rows * (min(max(3.1 * height / width, 1.8), 5) + 0.3) + 0.4)
    grid = np.atleast_1d(figure.subplots(rows, columns)).ravel()
    for axes in grid:
        axes.axis('off')
    grid[0].imshow(picture)
    top = max(largest(values) for values in maps.values())
    for axes, (label, values) in zip(grid[1:], maps.items()):
        image = _overlay(axes, picture, values, top, box)
        axes.set_title(short(label), fontsize=9)
    _bar(figure, image, grid.tolist(), 'x · tanh(E): red is related, blue is opposed')
    figure.suptitle(plain(title), fontsize=10)
    save_figure(figure, path)
