"""List, train and test the rows of a table of experiments, and write the table beside the paper's numbers."""
import os
import shlex
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

from kssnet_mm.apis.command_line import command_parser, run_command

ROOT = Path(__file__).resolve().parents[1]


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('table', help='a file of configs/tables')
    parser.add_argument('--list', action='store_true', help='list the rows and what is done, run nothing')
    parser.add_argument('--rows', nargs='+', default=['*'], help='names, or patterns such as "COCO*"; default all')
    parser.add_argument('--against', metavar='ROW',
                        help='then write how far the rows are ahead of this one, as differences_<row>.md')
    parser.add_argument('--seeds', type=int, nargs='+', default=[0])
    parser.add_argument('--work-dir', help='default work_dirs/tables/<name of the table>')
    parser.add_argument('--gpus', type=int, default=1, help='more than 1: through torchrun, as tools/dist_train.sh')
    parser.add_argument('--srun', help="through slurm with these arguments, as in '-p part --gres=gpu:8 --ntasks=8'")
    return parser.parse_args()


def command(tool: str, args, *words) -> list:
    """How a tool is started with these words: by itself, by torchrun or by srun."""
    start, launcher = [sys.executable], []
    if args.srun:
        start, launcher = ['srun', *shlex.split(args.srun), sys.executable], ['--launcher', 'slurm']
    elif args.gpus > 1:
        start += ['-m', 'torch.distributed.run', '--standalone', f'--nproc_per_node={args.gpus}']
        launcher = ['--launcher', 'pytorch']
    return [*start, str(ROOT / 'tools' / tool), *map(str, words), *launcher]


def run(what: str, words: list, log: Path) -> None:
    """Run a command with its output in a log; on failure show the log's end, say what failed and stop."""
    with open(log, 'a', encoding='utf-8') as file:
        print('$', shlex.join(words), file=file, flush=True)
        code = subprocess.call(words, stdout=file, stderr=subprocess.STDOUT)
    if code:
        print(log.read_text(encoding='utf-8')[-3000:])
        sys.exit(f'{what} failed: exit code {code}; the log is {log}')


def run_row(name: str, config: Path, folder: Path, args) -> dict:
    """Train (from where a killed run stopped) and test one row and seed; its numbers by every protocol."""
    from kssnet_mm.evaluation.functional import read_score_file, score_protocols
    folder.mkdir(parents=True, exist_ok=True)
    train = command('train.py', args, config, '--work-dir', folder, '--resume')
    run(f'train.py of {name}', train, folder / 'train.log')
    checkpoint = (folder / 'last_checkpoint').read_text(encoding='utf-8').strip()
    scores = folder / 'scores.npz'
    test = command('test.py', args, config, checkpoint, '--work-dir', folder / 'test', '--out', scores)
    run(f'test.py of {name}', test, folder / 'test.log')
    content = read_score_file(scores)
    return score_protocols(content.scores, content.targets, classes=content.classes)


def main(args):
    from rich.console import Console

    from kssnet_mm.reports import changed_settings, check_config, keep_config, read_table, row_folder, write_table
    from kssnet_mm.reports.differences import write_differences
    from kssnet_mm.utils.io import write_numbers
    console = Console(highlight=False)
    title, protocols, rows = read_table(args.table)
    work_dir = Path(args.work_dir or f'work_dirs/tables/{Path(args.table).stem}')
    chosen = [row for row in rows if any(fnmatch(row.name, p) or row.name == p for p in args.rows)]
    if not chosen:
        raise ValueError(f'no row matches {args.rows}; the rows are {[row.name for row in rows]}')
    against = next((row for row in rows if row.name == args.against), None)
    if args.against and against is None:
        raise ValueError(f'--against: no row is named {args.against!r}; the rows are {[row.name for row in rows]}')
    options = args.cfg_options or {}
    todo = [(row, seed) for row in chosen for seed in args.seeds]
    for row, seed in [] if args.list else todo:  # before the first training, which may take days
        check_config(work_dir / row_folder(row.name) / f'seed{seed}', row.load({'randomness.seed': seed, **options}))
    for i, (row, seed) in enumerate(todo, 1):
        folder = work_dir / row_folder(row.name) / f'seed{seed}'
        done = (folder / 'result.json').exists()
        cfg = row.load({'randomness.seed': seed, **options})
        state = 'done' if done else 'to do' if args.list else 'running'
        if done and changed_settings(folder, cfg):
            state = 'done with other settings'
        console.print(f'[{i}/{len(todo)}] {row.name}, seed {seed}: {state} ({row.config})', markup=False)
        for name, value in row.options.items():
            console.print(f'    {name} = {value!r}', markup=False, soft_wrap=True)
        if args.list:
            continue
        config = keep_config(folder, cfg, options)
        if not done:
            write_numbers(folder / 'result.json', run_row(f'{row.name}, seed {seed}', config, folder, args))
            write_table(work_dir, title, protocols, rows)
    if not args.list:
        console.print(write_table(work_dir, title, protocols, rows), markup=False, soft_wrap=True)
        console.print(f'{work_dir}/table.md, {work_dir}/table.csv', markup=False, soft_wrap=True)
        if against is not None:
            console.print(write_differences(work_dir, chosen, against), markup=False, soft_wrap=True)


if __name__ == '__main__':
    os.environ['PYTHONPATH'] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get('PYTHONPATH')]))
    run_command(main, parse_args())
