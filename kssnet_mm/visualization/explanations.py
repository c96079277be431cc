"""Pictures that explain a prediction: maps over photographs and frames, shares of labels, and what would change."""
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.patches import Patch

from .figures import COLORS, new_figure, plain, save_figure
from .predictions import LIMIT, short

# Red speaks for a label and blue against it; both can be told apart without seeing red or green.
COLOURS = 'RdBu_r'
ORIGIN_COLOURS = dict(COLORS, itself='#222222')
UNKNOWN, REST = '#8d8d8d', '#cccccc'
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


def _top(values: np.ndarray) -> float:
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
    _bar(figure, _overlay(right, picture, values, _top(values), box), right, unit)
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
    grid, top = upper.subplots(2, len(picked), squeeze=False), _top(values)
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
    top = max(_top(values) for values in maps.values())
    for axes, (label, values) in zip(grid[1:], maps.items()):
        image = _overlay(axes, picture, values, top, box)
        axes.set_title(short(label), fontsize=9)
    _bar(figure, image, grid.tolist(), 'x · tanh(E): red is related, blue is opposed')
    figure.suptitle(plain(title), fontsize=10)
    save_figure(figure, path)


def largest_shares(rows: List[dict], most: int = 10) -> List[dict]:
    """The shares that a chart shows: those of the largest size, from high to low, then the sum of others, then the rest.

    Args:
        rows: As of :func:`draw_shares`.
        most: Neighbours that are shown, those of the largest shares.
    """
    kept = sorted([row for row in rows if row['origin'] != 'rest'], key=lambda row: -abs(row['share']))
    # What is too small to be seen as a bar is summed up.
    least = 0.01 * _top(np.array([row['share'] for row in rows]))
    most = min(most, max(sum(abs(row['share']) >= least for row in kept), 1))
    others = kept[most:]
    shown = sorted(kept[:most], key=lambda row: -row['share'])
    if others:
        shown.append(dict(label=f'{len(others)} more label' + 's' * (len(others) > 1), origin=None,
                          share=sum(row['share'] for row in others)))
    return shown + [row for row in rows if row['origin'] == 'rest']


def draw_shares(rows: List[dict], title: str, path: str, note: str, most: int = 10) -> None:
    """Which label pulled which: a bar for each neighbour's share of one label's logit.

    Args:
        rows: ``label``, ``share`` and ``origin`` (of ``ORIGIN_COLOURS`` or None); an origin ``'rest'`` is what comes
            without the graph.
        title: Above the picture.
        path: The picture to write.
        note: How the shares were found.
        most: Neighbours that are shown, those of the largest shares.
    """
    shown = largest_shares(rows, most)
    figure = new_figure(8, 1.5 + 0.32 * max(len(shown), 2))
    axes = figure.add_subplot()
    places = np.arange(len(shown))[::-1]
    shares = np.array([row['share'] for row in shown])
    colours = [REST if row['origin'] == 'rest' else ORIGIN_COLOURS.get(row['origin'], UNKNOWN) for row in shown]
    axes.barh(places, shares, color=colours, height=0.7)
    reach = _top(shares)
    for place, share in zip(places, shares):
        axes.text(share + (0.02 if share >= 0 else -0.02) * reach, place, f'{share:+.{2 if reach > 1 else 3}f}',
                  va='center', fontsize=8, ha='left' if share >= 0 else 'right')
    axes.set_yticks(places, [short(row['label']) for row in shown], fontsize=9)
    axes.set_xlim(shares.min(initial=0) - 0.16 * reach, shares.max(initial=0) + 0.18 * reach)
    axes.axvline(0, color='black', linewidth=0.8)
    axes.set_xlabel(f'share of the logit ({note})', fontsize=8)
    axes.set_title(plain(title), fontsize=10)
    names = dict(itself='the label itself', statistics='edge from statistics', knowledge='edge from knowledge',
                 both='edge from both', neither='edge from neither prior')
    present = [name for name in names if any(row['origin'] == name for row in shown)]
    handles = [Patch(color=ORIGIN_COLOURS[name], label=names[name]) for name in present]
    if any(row['origin'] == 'rest' for row in shown):
        handles.append(Patch(color=REST, label='without the graph'))
    axes.legend(handles=handles, fontsize=8, frameon=False, loc='center left', bbox_to_anchor=(1.0, 0.5))
    for side in ('top', 'right', 'left'):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis='y', length=0)
    save_figure(figure, path)


def draw_what_if(rows: List[dict], title: str, path: str) -> None:
    """Probabilities before and after a change of the graph.

    Args:
        rows: ``label``, ``before``, ``after`` and ``threshold`` (or None).
        title: Above the picture.
        path: The picture to write.
    """
    figure = new_figure(8, 1.4 + 0.34 * max(len(rows), 2))
    axes = figure.add_subplot()
    for place, row in zip(range(len(rows))[::-1], rows):
        colour = '#b2182b' if row['after'] > row['before'] else '#2166ac'
        axes.plot([row['before'], row['after']], [place, place], color=colour, linewidth=2.5, zorder=1)
        axes.scatter([row['before']], [place], s=45, facecolor='white', edgecolor='#555555', zorder=2)
        axes.scatter([row['after']], [place], s=45, color=colour, zorder=3)
        if row['threshold'] is not None and 0 < row['threshold'] <= 1:
            axes.plot([row['threshold']] * 2, [place - 0.35, place + 0.35], color=LIMIT, linewidth=1.2)
        limit = np.inf if row['threshold'] is None else row['threshold']
        turned = {(False, True): ', now predicted', (True, False): ', no longer'}.get(
            (row['before'] >= limit, row['after'] >= limit), '')
        axes.text(1.03, place, f'{row["before"]:.3f} → {row["after"]:.3f}{turned}', va='center', fontsize=8,
                  fontweight='bold' if turned else 'normal')
    axes.set_yticks(range(len(rows))[::-1], [short(row['label']) for row in rows], fontsize=9)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlabel('probability: a ring before, a dot after the change; a line is the threshold', fontsize=8)
    axes.set_title(plain(title), fontsize=10)
    for side in ('top', 'right'):
        axes.spines[side].set_visible(False)
    save_figure(figure, path)
