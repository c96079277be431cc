"""The whole product in a few minutes: sample data, label graphs, training, testing, predicting.

Every step is one of the project's own commands, printed before it runs; its output goes to a log
file in the work dir. At the end a table compares KSSNet, its A = I control and the plain backbone,
trained the same way on the same data.
"""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from mmengine.fileio import dump
from rich.console import Console
from rich.table import Table

from kssnet_mm.apis.command_line import command_parser, run_command

ROOT = Path(__file__).resolve().parents[1]
WORLDS = dict(
    image=dict(
        KSSNet='configs/kssnet_r18_sample-coco.py',
        identity='configs/kssnet_r18_sample-coco_identity.py',
        plain='configs/r18_sample-coco.py'),
    video=dict(
        KSSNet='configs/kssnet_i3d-r18_sample-charades.py',
        identity='configs/kssnet_i3d-r18_sample-charades_identity.py',
        plain='configs/i3d-r18_sample-charades.py'))
# What is predicted: one image and one video of the test data.
FILES = dict(image='data/sample/coco/val2014/COCO_val2014_000000100003.jpg',
             video='data/sample/charades/videos/V0000.mp4')
NAMES = dict(KSSNet='KSSNet', identity='KSSNet, A = I (control)', plain='plain backbone')
SHOWN = ('mAP', 'CF1', 'OF1', 'top3/OF1')


def parse_args():
    parser = command_parser(__doc__.splitlines()[0])
    parser.add_argument('--work-dir', default='work_dirs/demo', help='folder of all results')
    parser.add_argument('--cfg-options', nargs='+', default=[],
                        help='passed on to training and testing, as in key=value')
    return parser.parse_args()


class Steps:
    """Runs commands one after another, each with a log of its own."""

    def __init__(self, work_dir: Path, total: int) -> None:
        self.work_dir, self.total, self.count = work_dir, total, 0
        self.console = Console(highlight=False)
        (work_dir / 'logs').mkdir(parents=True, exist_ok=True)

    def __call__(self, name: str, *command: str) -> None:
        """Run ``python COMMAND``; on failure show the end of its log and stop."""
        self.count += 1
        log = self.work_dir / 'logs' / f'{self.count:02d}_{name}.log'
        self.console.print(f'[bold]\\[{self.count}/{self.total}][/bold] python {" ".join(command)}')
        start = time.monotonic()
        with open(log, 'w', encoding='utf-8') as file, self.console.status(f'log: {log}'):
            code = subprocess.call([sys.executable, *command], cwd=ROOT, stdout=file,
                                   stderr=subprocess.STDOUT)
        if code:
            self.console.print(log.read_text(encoding='utf-8')[-3000:], markup=False)
            sys.exit(f'step {name} failed with exit code {code}; its log is {log}')
        self.console.print(f'      done in {time.monotonic() - start:.0f} s', style='dim')


def main(args):
    os.chdir(ROOT)
    work_dir = Path(args.work_dir)
    options = ['--cfg-options', *args.cfg_options] if args.cfg_options else []
    step = Steps(work_dir, total=13)
    step('sample_data', 'tools/make_sample_data.py', '--out', 'data/sample')
    for world, configs in WORLDS.items():
        step(f'graph_{world}', 'tools/build_label_graph.py', configs['KSSNet'],
             '--plot', str(work_dir / f'label_graph_{world}.png'))
    rows = []
    for world, configs in WORLDS.items():
        for arm, config in configs.items():
            folder = work_dir / Path(config).stem
            step(f'train_{world}_{arm}', 'tools/train.py', config, '--work-dir', str(folder), *options)
            scores = last_scores(folder)
            rows.append(dict(data=world, model=NAMES[arm], **{k: scores[k] for k in SHOWN}))
        config = configs['KSSNet']
        folder = work_dir / Path(config).stem
        # the runner names its last checkpoint in this file
        checkpoint = (folder / 'last_checkpoint').read_text(encoding='utf-8').strip()
        step(f'test_{world}', 'tools/test.py', config, checkpoint, '--work-dir', str(folder / 'test'),
             '--out', str(folder / 'scores.npz'), *options)
        step(f'predict_{world}', 'tools/predict.py', config, checkpoint, FILES[world],
             '--thr', '0.3', '--out-dir', str(work_dir / 'predictions'))
    dump(rows, work_dir / 'table.json')
    show(rows, step.console)
    step.console.print(f'pictures: {work_dir}/label_graph_*.png, {work_dir}/predictions/*.png')


def last_scores(folder: Path) -> dict:
    """The last validation that the newest run below ``folder`` logged."""
    log = sorted(folder.glob('*/vis_data/scalars.json'))[-1]
    lines = [json.loads(line) for line in log.read_text(encoding='utf-8').splitlines()]
    return [line for line in lines if 'mAP' in line][-1]


def show(rows: list, console: Console) -> None:
    """Print the comparison."""
    table = Table('data', 'model', *SHOWN, title='sample data, fractions of 1')
    for row in rows:
        table.add_row(row['data'], row['model'], *(f'{row[name]:.3f}' for name in SHOWN))
    console.print(table)


if __name__ == '__main__':
    run_command(main, parse_args())
