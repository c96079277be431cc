"""A picture of a comparison of label graphs: what each arm gains over A = I, and for which labels."""
import numpy as np

from kssnet_mm.reports.graph_comparison.advice import gain
from kssnet_mm.reports.graph_comparison.comparison import Comparison
from kssnet_mm.reports.graph_comparison.report import frequency_groups

from .figures import new_figure, save_figure

SHADES = ('#9ecae1', '#4292c6', '#08519c')


def plot_comparison(found: Comparison, path: str, title: str = '') -> None:
    """Left: gain of mAP over A = I with its interval, and a dot a seed. Right: gain of AP by label frequency.

    Args:
        found: The comparison.
        path: The picture to write.
        title: Above it.
    """
    arms = [arm for arm in found.tuned if arm != 'identity']
    places = np.arange(len(arms))[::-1]
    figure = new_figure(11, 0.5 * len(arms) + 2)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.3, 1])
    base = 100 * found.mean_ap('identity')
    for place, arm in zip(places, arms):
        value = gain(found, arm, 'identity')
        color = '#999999' if arm in ('plain', 'shuffled') else '#08519c'
        left.plot([value.low, value.high], [place, place], color=color, linewidth=6, alpha=0.35, solid_capstyle='butt')
        left.plot(100 * found.mean_ap(arm) - base, np.full(len(base), place), '.', color=color, markersize=5)
        left.plot([value.mean] * 2, [place - 0.25, place + 0.25], color=color, linewidth=2)
    left.axvline(0, color='#c0392b', linewidth=1)
    left.set_yticks(places, arms)
    left.set_xlabel(f'mAP over A = I (mean {base.mean():.1f}), points\nband: 95 % over test samples; dots: seeds',
                    fontsize=9)
    groups, counts = frequency_groups(found), found.positives.mean(axis=0)
    start = found.average_precision['identity']
    height = 0.8 / len(groups)
    for number, group in enumerate(groups):
        gains = [100 * np.nanmean(found.average_precision[arm][:, group] - start[:, group]) for arm in arms]
        right.barh(places + (len(groups) / 2 - number - 0.5) * height, gains, height=height, color=SHADES[number],
                   label=f'{counts[group].min():.0f} to {counts[group].max():.0f}')
    right.axvline(0, color='#c0392b', linewidth=1)
    right.set_xlabel('AP over A = I by training samples of the label, points', fontsize=9)
    right.legend(fontsize=8, frameon=False)
    for axes in (left, right):
        for side in ('top', 'right'):
            axes.spines[side].set_visible(False)
    figure.suptitle(title, fontsize=11)
    save_figure(figure, path)
