"""Pictures that explain a prediction: maps over what was seen, shares of labels, and what would change."""
from typing import List

import numpy as np
from matplotlib.patches import Patch

from .figures import COLORS, new_figure, plain, save_figure
from .map_pictures import draw_label_maps, draw_map, draw_map_over_frames, largest
from .predictions import LIMIT, short

__all__ = ['draw_label_maps', 'draw_map', 'draw_map_over_frames', 'draw_shares', 'draw_what_if']

ORIGIN_COLOURS = dict(COLORS, itself='#222222')
UNKNOWN, REST = '#8d8d8d', '#cccccc'


def largest_shares(rows: List[dict], most: int = 10) -> List[dict]:
    """The shares that a chart shows: those of the largest size, from high to low, then the sum of others, then the rest.

    Args:
        rows: As of :func:`draw_shares`.
        most: Neighbours that are shown, those of the largest shares.
    """
    kept = sorted([row for row in rows if row['origin'] != 'rest'], key=lambda row: -abs(row['share']))
    # What is too small to be seen as a bar is summed up.
    least = 0.01 * largest(np.array([row['share'] for row in rows]))
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
    reach = largest(shares)
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
