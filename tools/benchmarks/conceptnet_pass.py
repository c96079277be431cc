"""Time the pass over ConceptNet's assertions against ``gzip -dc FILE | wc -l`` by turns; measure its memory."""
import os
import resource
import statistics
import subprocess
import tempfile
from pathlib import Path

from assertions_file import words, write_assertions
from mmengine.logging import MMLogger

from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.graphs import ConceptNetGraph


def core_seconds(call, who: int) -> float:
    """Seconds of the core that a call takes, which do not count what other processes took of it meanwhile."""
    before = resource.getrusage(who)
    call()
    after = resource.getrusage(who)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('--file', type=Path, help='assertions .gz; default: one is generated')
    parser.add_argument('--lines', type=int, default=5_000_000, help='of the generated file')
    parser.add_argument('--labels', type=int, default=300, help='words to look up')
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--core', type=int, default=0, help='both sides run on this core alone')
    return parser.parse_args()


def main(args):
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, {args.core})
    MMLogger.get_current_instance().setLevel('ERROR')
    labels, found, ratios = words('en', range(args.labels)), {}, []
    with tempfile.TemporaryDirectory() as folder:
        file = args.file or Path(folder) / 'assertions.csv.gz'
        if not args.file:
            size = write_assertions(file, args.lines)
            print(f'generated {args.lines:,} lines, {size / 2**20:,.0f} MiB, '
                  f'{file.stat().st_size / 2**20:,.0f} MiB compressed', flush=True)
        for _ in range(args.repeat):
            command = core_seconds(lambda: subprocess.run(f'gzip -dc "{file}" | wc -l', shell=True, check=True,
                                                          stdout=subprocess.DEVNULL), resource.RUSAGE_CHILDREN)
            ours = core_seconds(lambda: found.update(ConceptNetGraph(file, progress=False).build(labels)[1]),
                                resource.RUSAGE_SELF)
            ratios.append(ours / command)
            print(f'command {command:.2f} s, ours {ours:.2f} s of the core', flush=True)
    print(f'ratio {statistics.median(ratios):.2f}, {found["matches"]:,} matches; peak memory of the process '
          f'{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB')


if __name__ == '__main__':
    run_command(main, parse_args())
