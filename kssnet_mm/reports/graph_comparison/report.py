"""The comparison as files: a csv of every arm and seed, and a page."""
import os
from typing import List, Optional, Tuple

import numpy as np

from kssnet_mm.utils.csv_files import write_csv
from kssnet_mm.utils.io import write_atomically

from .advice import advise, gain
from .arms import ARMS
from .comparison import Comparison

COLUMNS = ('arm', 'seed', 'mAP', 'decay', 'eta', 'mAP_on_folds')


def frequency_groups(found: Comparison, groups: int = 3) -> List[np.ndarray]:
    """Positions of the labels by their mean number of positive training samples, rarest group first."""
    order = np.argsort(found.positives.mean(axis=0), kind='stable')
    return [part for part in np.array_split(order, min(groups, len(order))) if len(part)]


def _table(head: List[str], rows: List[list]) -> List[str]:
    return ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head),
            *('| ' + ' | '.join(map(str, row)) + ' |' for row in rows), '']


def _shown(found: Comparison, arm: str, base: str) -> Tuple[str, str]:
    value = gain(found, arm, base)
    return f'{value.mean:+.2f}{_spread(value.deviation)}', f'{value.low:+.2f} to {value.high:+.2f}'


def _spread(deviation: Optional[float]) -> str:
    return '' if deviation is None else f' ± {deviation:.2f}'


def arm_rows(found: Comparison) -> List[list]:
    """One row an arm: mAP and its difference to A = I and to the plain layer."""
    rows = []
    for arm in found.tuned:
        points = 100 * found.mean_ap(arm)
        etas = [candidate.eta for candidate in found.tuned[arm] if candidate.eta is not None]
        deviation = np.std(points, ddof=1) if len(points) > 1 else None
        rows.append([f'{arm}: {ARMS[arm]}', f'{points.mean():.2f}{_spread(deviation)}', *_shown(found, arm, 'identity'),
                     *_shown(found, arm, 'plain'), ' '.join(f'{eta:g}' for eta in etas) or '-'])
    return rows


def frequency_rows(found: Comparison) -> List[list]:
    """Mean gain of AP over A = I, in points, of the labels of each group."""
    groups = frequency_groups(found)
    return [[arm] + [f'{100 * np.nanmean(found.average_precision[arm][:, group] - base[:, group]):+.2f}'
                     for group in groups]
            for base in [found.average_precision['identity']] for arm in found.tuned
            if arm not in ('plain', 'identity')]


def false_positive_rows(found: Comparison) -> List[list]:
    """Shares of negatives that are predicted, in percent, mean over seeds."""
    rows = []
    for arm, counted in found.false_positives.items():
        there, absent = np.mean([one.rates() for one in counted], axis=0)
        rows.append([arm, f'{100 * there:.2f}', f'{100 * absent:.2f}'])
    return rows


def worst_labels(found: Comparison, arm: str, most: int = 5) -> List[list]:
    """Labels whose conditional false positives an arm adds most to, against A = I; means over seeds."""
    def per_label(name: str) -> np.ndarray:
        counted = found.false_positives[name]
        return np.mean([one.predicted_with / np.maximum(one.with_partner, 1) for one in counted], axis=0)

    added = per_label(arm) - per_label('identity')
    return [[found.classes[i], f'{100 * per_label("identity")[i]:.1f}', f'{100 * per_label(arm)[i]:.1f}']
            for i in np.argsort(-added, kind='stable')[:most] if added[i] > 0]


def page(found: Comparison, title: str, config: str, picture: Optional[str] = None, notes: str = '') -> str:
    """The comparison as Markdown; ends with the advice and ``config``, the lines of :func:`config_lines`."""
    seeds = len(found.positives)
    lines = [f'# {title}', '',
             f'{found.train} training samples, {found.test} test samples, {len(found.classes)} labels, {found.rows} '
             f'label rows without features, {seeds} seeds. Points of mAP; ± is the standard deviation over seeds; '
             f'intervals are 95 % over resampled test samples, paired. {notes}'.rstrip(), '']
    if picture:
        lines += [f'![mAP by arm]({picture})', '']
    lines += _table(['arm', 'mAP', 'to A = I', 'interval', 'to plain', 'interval', 'eta by seed'], arm_rows(found))
    groups = frequency_groups(found)
    counts = found.positives.mean(axis=0)
    lines += ['## Gain of AP over A = I by label frequency', ''] + _table(
        ['arm'] + [f'{len(group)} labels with {counts[group].min():.0f} to {counts[group].max():.0f} training samples'
                   for group in groups], frequency_rows(found))
    lines += ['## Conditional false positives', '',
              'How often a label that is not there is predicted, percent, with as many predictions a label as it has '
              'positives. The partner of a label is the one from which it borrows most.', '']
    lines += _table(['arm', 'its partner is there', 'its partner is not there'], false_positive_rows(found))
    arm, sentence = advise(found)
    shown = arm or next((name for name in ('rows', 'cooccurrence') if name in found.tuned), None)
    worst = worst_labels(found, shown) if shown else []
    if worst:
        lines += [f'Labels that {shown} adds most to, where the partner is there:', '']
        lines += _table(['label', 'A = I', shown], worst)
    lines += ['## Advice', '', sentence, '', '```python', config, '```', '']
    return '\n'.join(lines)


def picture_rows(found: Comparison) -> Tuple[List[dict], List[str]]:
    """What ``plot_gains`` takes: a dict an arm, and the names of the groups of labels."""
    groups, counts = frequency_groups(found), found.positives.mean(axis=0)
    base = found.average_precision['identity']
    rows = []
    for arm in found.tuned:
        if arm == 'identity':
            continue
        value = gain(found, arm, 'identity')
        gains = found.average_precision[arm] - base
        by_group = [100 * float(np.nanmean(gains[:, group])) for group in groups]
        rows.append(dict(name=arm, mean=value.mean, interval=(value.low, value.high), by_group=by_group,
                         seeds=100 * (found.mean_ap(arm) - found.mean_ap('identity')),
                         control=arm in ('plain', 'shuffled')))
    return rows, [f'{counts[group].min():.0f} to {counts[group].max():.0f}' for group in groups]


def write_report(folder: str, found: Comparison, title: str, config: str, notes: str = '') -> None:
    """Write ``comparison.csv`` (a row an arm and seed) and ``comparison.md``, whose picture is ``comparison.png``."""
    rows = [COLUMNS]
    for arm, chosen in found.tuned.items():
        for seed, (candidate, score, fold) in enumerate(zip(chosen, found.mean_ap(arm), found.validation[arm])):
            eta = '' if candidate.eta is None else candidate.eta
            rows.append([arm, seed, f'{score:.6f}', f'{candidate.decay:.6g}', eta, f'{fold:.6f}'])
    write_csv(os.path.join(folder, 'comparison.csv'), rows)
    write_atomically(os.path.join(folder, 'comparison.md'), page(found, title, config, 'comparison.png', notes))
