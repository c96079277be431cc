"""A chart of what inference_speed.py and train_step.py wrote: cost relative to the plain backbone."""
import argparse
import json

from kssnet_mm.visualization.figures import new_figure, save_figure

SIDES = dict(published=('as published', '#c0392b'),
             ours=('training form', '#e0a030'), deployed=('deployed', '#3a9d5d'))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('files', nargs='+', help='--json files of the two benchmarks')
    parser.add_argument('--out', default='docs/images/speed.png')
    args = parser.parse_args()
    figure = new_figure(9, 1.0 + 0.8 * len(args.files))
    axes, ticks = figure.subplots(), []
    for place, path in enumerate(args.files):
        with open(path, encoding='utf-8') as file:
            run = json.load(file)
        for k, (side, (_, color)) in enumerate(SIDES.items()):
            if f'{side}/plain' in run:
                percent = 100 * (run[f'{side}/plain'] - 1)
                axes.barh(place + 0.27 * (k - 1), percent, height=0.24, color=color)
                axes.text(max(percent, 0) + 0.2, place + 0.27 * (k - 1), f'{percent:+.1f} %', va='center', fontsize=8)
        kind = 'inference' if 'deployed/plain' in run else 'training step'
        ticks.append(f'{run["model"]}, {kind}\nbatch {run["batch"]}, {run["device"]}')
    axes.invert_yaxis()
    axes.axvline(0, color='black', linewidth=0.8)
    axes.set_yticks(range(len(ticks)), ticks, fontsize=8)
    axes.set_xlabel('time above the plain backbone, percent (median of paired ratios)')
    for label, color in SIDES.values():
        axes.barh(0, 0, color=color, label=label)
    axes.legend(loc='lower right', fontsize=8)
    axes.spines[['top', 'right']].set_visible(False)
    save_figure(figure, args.out)
    print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
