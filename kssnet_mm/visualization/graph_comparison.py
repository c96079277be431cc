"""A picture of a comparison of label graphs: what each arm gains over A = I, and for which labels."""
from typing import List, Sequence

import numpy as np

from .figures import new_figure, save_figure

SHADES = ('#9ecae1', '#4292c6', '#08519c')


def plot_gains(rows: List[dict], groups: Sequence[str], path: str, title: str = '') -> None:
    """Left: gain of mAP over A = I with its interval, and a dot a seed. Right: gain of AP by label frequency.

    Args:
        rows: A dict an arm: ``name``, ``mean``, ``interval`` (low, high), ``seeds`` (S,), ``by_group`` (at most three
            numbers), all in points, and ``control``, whether it is drawn grey.
        groups: How many training samples the labels of each group have, for the legend.
        path: The picture to write.
        title: Above it.
    """
    places = np.arange(len(rows))[::-1]
    figure = new_figure(11, 0.5 * len(rows) + 2)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.3, 1])
    height = 0.8 / max(len(groups), 1)
    for place, row in zip(places, rows):
        color = '#999999' if row['control'] else '#08519c'
        left.plot(row['interval'], [place, place], color=color, linewidth=6, alpha=0.35, solid_capstyle='butt')
        left.plot(row['seeds'], np.full(len(row['seeds']), place), '.', color=color, markersize=5)
        left.plot([row['mean']] * 2, [place - 0.25, place + 0.25], color=color, linewidth=2)
    for number, name in enumerate(groups):
        right.barh(places + (len(groups) / 2 - number - 0.5) * height, [row['by_group'][number] for row in rows],
                   height=height, color=SHADES[number], label=name)
    left.set_yticks(places, [row['name'] for row in rows])
    left.set_xlabel('mAP over A = I, points\nband: 95 % over test samples, line: mean, dots: seeds', fontsize=9)
    right.set_xlabel('AP over A = I, points', fontsize=9)
    right.legend(title='training samples of the label', title_fontsize=8, fontsize=8, frameon=False)
    for axes in (left, right):
        axes.axvline(0, color='#c0392b', linewidth=1)
        for side in ('top', 'right'):
            axes.spines[side].set_visible(False)
    figure.suptitle(title, fontsize=11)
    save_figure(figure, path)
