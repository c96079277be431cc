"""A chart of what inference_speed.py and train_step.py wrote: cost relative to the plain backbone."""
import argparse
import json

import numpy as np

from kssnet_mm.visualization.figures import new_figure, save_figure

SIDES = (('published', 'as published', '#c0392b'), ('training-form', 'ours, training form', '#e0a030'),
         ('ours', 'ours', '#e0a030'), ('deployed', 'ours, deployed', '#3a9d5d'))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('files', nargs='+', help='--json files of the two benchmarks')
    parser.add_argument('--out', default='docs/images/speed.png')
    args = parser.parse_args()
    runs = [json.load(open(path, encoding='utf-8')) for path in args.files]
    figure = new_figure(9, 1.0 + 0.8 * len(runs))
    axes = figure.subplots()
    ticks, said = [], set()
    for i, run in enumerate(reversed(runs)):
        found = [(label, color, run[f'{side}/plain']) for side, label, color in SIDES if f'{side}/plain' in run]
        places = i + np.linspace(0.27, -0.27, len(found))
        for place, (label, color, value) in zip(places, found):
            axes.barh(place, 100 * (value - 1), height=0.24, color=color,
                      label=None if color in said else label.split(',')[0] + (
                          ', deployed' if 'deployed' in label else ', training form' if color == '#e0a030' else ''))
            said.add(color)
            shown = f'{100 * (value - 1):+.1f} %'
            axes.text(max(100 * (value - 1), 0) + 0.2, place, shown, va='center', fontsize=8)
        kind = 'inference' if 'deployed/plain' in run else 'training step'
        ticks.append(f'{run["model"]}, {kind}\nbatch {run["batch"]}, {run["device"]}')
    axes.axvline(0, color='black', linewidth=0.8)
    axes.set_yticks(range(len(runs)), ticks, fontsize=8)
    axes.set_xlabel('time above the plain backbone, percent (median of paired ratios)')
    axes.legend(loc='lower right', fontsize=8)
    for side in ('top', 'right'):
        axes.spines[side].set_visible(False)
    save_figure(figure, args.out)
    print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
