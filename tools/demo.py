"""The whole product in a few minutes: sample data, label graphs, training, testing, predicting.

Every step is one of the project's own commands, printed before it runs; its output goes to a log
file in the work dir. At the end a table compares the plain backbone, KSSNet's A = I control, KSSNet as in
the paper and our preset, with intervals over the test samples. A line each for images and videos says what it shows.
"""
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Tuple

from mmengine.fileio import dump
from rich.console import Console
from rich.table import Table

from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.evaluation.functional import ScoreFile, read_score_file, score_protocols

ROOT = Path(__file__).resolve().parents[1]
WORLDS = dict(
    image={
        'the plain backbone': 'configs/r18_sample-coco.py',
        'A = I': 'configs/kssnet_r18_sample-coco_identity.py',
        'KSSNet': 'configs/kssnet_r18_sample-coco.py',
        'our preset': 'configs/kssnet_r18_sample-coco_own-data.py'},
    video={
        'the plain backbone': 'configs/i3d-r18_sample-charades.py',
        'A = I': 'configs/kssnet_i3d-r18_sample-charades_identity.py',
        'KSSNet': 'configs/kssnet_i3d-r18_sample-charades.py',
        'our preset': 'configs/kssnet_i3d-r18_sample-charades_own-data.py'})
# The plain backbone's scores after the distribution that the labels were drawn from has been used on them.
KNOWING = 'the plain backbone given the true co-occurrence'
# What the last lines compare: the graph, the network with it, the preset, and how much there is to win.
PAIRS = (('KSSNet', 'A = I'), ('KSSNet', 'the plain backbone'), ('our preset', 'the plain backbone'),
         (KNOWING, 'the plain backbone'))
# What is predicted: one image and one video of the test data.
FILES = dict(image='data/sample/coco/val2014/COCO_val2014_000000100003.jpg',
             video='data/sample/charades/videos/V0000.mp4')
SHOWN = ('CF1', 'OF1')


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
    step = Steps(work_dir, total=5 + 2 * sum(map(len, WORLDS.values())))
    step('sample_data', 'tools/make_sample_data.py', '--out', 'data/sample')
    for world, configs in WORLDS.items():
        step(f'graph_{world}', 'tools/build_label_graph.py', configs['KSSNet'],
             '--plot', str(work_dir / f'label_graph_{world}.png'))
    rows, lines = [], []
    for world, configs in WORLDS.items():
        files = {}
        for arm, config in configs.items():
            folder = work_dir / Path(config).stem
            name = f'{world}_{arm.replace(" ", "_").replace("=", "is")}'
            step(f'train_{name}', 'tools/train.py', config, '--work-dir', str(folder), *options)
            # the runner names its last checkpoint in this file
            checkpoint = (folder / 'last_checkpoint').read_text(encoding='utf-8').strip()
            step(f'test_{name}', 'tools/test.py', config, checkpoint, '--work-dir', str(folder / 'test'),
                 '--out', str(folder / 'scores.npz'), *options)
            files[arm] = read_score_file(folder / 'scores.npz')
            if arm == 'KSSNet':
                step(f'predict_{world}', 'tools/predict.py', config, checkpoint, FILES[world],
                     '--thr', '0.3', '--out-dir', str(work_dir / 'predictions'))
        new_rows, line = compare(world, files)
        rows += new_rows
        lines.append(line)
    dump(dict(rows=rows, findings=lines), work_dir / 'table.json')
    show(rows, step.console)
    for line in lines:
        step.console.print(line, markup=False, soft_wrap=True)
    step.console.print('Intervals are over test samples; another seed moves the numbers too (docs/notes/sample_data.md).')
    step.console.print(f'pictures: {work_dir}/label_graph_*.png, {work_dir}/predictions/*.png')


def compare(world: str, files: dict) -> Tuple[list, str]:
    """A row of the table for each model, and the line that says what they show."""
    from kssnet_mm.datasets.sample.true_cooccurrence import label_chances, refine
    from kssnet_mm.reports.paired_scores import PairedScores, findings

    plain = files['the plain backbone']
    known = ScoreFile(refine(plain.scores, label_chances(world, plain.classes)), plain.targets, plain.classes,
                      plain.ids)
    found, rows = PairedScores({**files, KNOWING: known}), []
    for arm, file in files.items():
        scores = score_protocols(file.scores, file.targets, classes=file.classes)
        rows.append(dict(data=world, model=arm, mAP=found.mean_ap(arm)._asdict(),
                         over_plain=found.difference(arm, 'the plain backbone')._asdict(),
                         **{name: 100 * scores[name] for name in SHOWN}))
    return rows, findings(found, PAIRS, f'{world}s')


def show(rows: list, console: Console) -> None:
    """Print the comparison."""
    table = Table('data', 'model', 'mAP', '95 %', 'to plain', '95 %', *SHOWN, title='sample data, percent')
    for row in rows:
        cells = []
        for value in (row['mAP'], row['over_plain']):
            sign = '+' if value is row['over_plain'] else ''
            cells += [f'{value["value"]:{sign}.1f}', f'{value["low"]:{sign}.1f} to {value["high"]:{sign}.1f}']
        table.add_row(row['data'], row['model'], *cells, *(f'{row[name]:.1f}' for name in SHOWN))
    console.print(table)


if __name__ == '__main__':
    run_command(main, parse_args())
