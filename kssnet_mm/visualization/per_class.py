"""A picture of each class's AP beside how often the class occurs."""
from typing import List

import numpy as np

from kssnet_mm.registry import FUNCTIONS

from .figures import new_figure, plain, save_figure


@FUNCTIONS.register_module()
def plot_per_class(table: List[dict], path: str) -> None:
    """Classes from the highest AP to the lowest, with their number of positives.

    Args:
        table: The table of ``per_class_table``; classes without positives come last, without a bar.
        path: The picture to write.
    """
    rows = sorted(table, key=lambda row: -1.0 if np.isnan(row['AP']) else row['AP'], reverse=True)
    places = np.arange(len(rows))[::-1]
    figure = new_figure(9, max(2.5, 0.19 * len(rows) + 1))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[2.2, 1])
    aps = np.array([row['AP'] for row in rows])
    left.barh(places, np.nan_to_num(aps), height=0.8, color='#3a6d9d')
    left.axvline(np.nanmean(aps) if not np.isnan(aps).all() else 0, color='#c0392b', linewidth=1)
    left.set_title(f'AP, mean {np.nanmean(aps):.3f} (line)' if not np.isnan(aps).all() else 'AP', fontsize=10)
    left.set_xlim(0, 1)
    left.set_yticks(places, [plain(row['class']) for row in rows], fontsize=7)
    left.set_ylim(-0.7, len(rows) - 0.3)
    counts = np.array([row['positives'] for row in rows])
    right.barh(places, counts, height=0.8, color='#aaaaaa')
    right.set_xscale('symlog')
    right.set_xlim(left=0)
    right.set_title('positive samples', fontsize=10)
    for axes in (left, right):
        for side in ('top', 'right'):
            axes.spines[side].set_visible(False)
    save_figure(figure, path)
