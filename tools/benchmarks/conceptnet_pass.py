"""Time the pass over ConceptNet's assertions against ``gzip -dc FILE | wc -l``; measure its memory."""
import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assertions_file import words, write_assertions

# Memory is what the process has at its largest; the imports' share (mostly torch's) is taken before.
CHILD = '''
import json, resource, sys, time
import numpy as np
from kssnet_mm.graphs import ConceptNetGraph
from mmengine.logging import MMLogger
MMLogger.get_current_instance().setLevel('ERROR')
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
settings, labels = json.loads(sys.stdin.read())
imports = peak()
begin, cpu = time.perf_counter(), time.process_time()
matrix, report = ConceptNetGraph(progress=False, **settings).build(labels)
print(json.dumps(dict(seconds=time.perf_counter() - begin, cpu=time.process_time() - cpu,
                      imports=imports, peak=peak(),
                      lines=report['lines'], matches=report['matches'],
                      entries=int(matrix.nnz if hasattr(matrix, 'nnz') else (matrix > 0).sum()))))
'''


def build(labels: list, **settings) -> dict:
    """One build in a fresh process: seconds without the imports, MiB, and what came out."""
    done = subprocess.run([sys.executable, '-c', CHILD], input=json.dumps([settings, labels]), text=True,
                          check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def gzip_and_count(file: Path) -> dict:
    """Seconds of the shell's own way to read the file."""
    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    begin, cpu = time.perf_counter(), spent()
    subprocess.run(f'gzip -dc "{file}" | wc -l', shell=True, check=True, stdout=subprocess.DEVNULL)
    return dict(seconds=time.perf_counter() - begin, cpu=spent() - cpu)


def median(runs: list, name: str) -> float:
    return statistics.median(run[name] for run in runs)


def describe(name: str, runs: list) -> str:
    text = f'{name}: {median(runs, "seconds"):.2f} s, {median(runs, "cpu"):.2f} s of the core'
    if 'peak' not in runs[0]:
        return text
    last = runs[-1]
    return (f'{text}; peak {max(run["peak"] for run in runs):.0f} MiB, of which {last["imports"]:.0f} '
            f'MiB are imports; {last["matches"]:,} matches, {last["entries"]:,} entries')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--file', type=Path, help='assertions .gz; default: one is generated')
    parser.add_argument('--lines', type=int, default=5_000_000, help='of the generated file')
    parser.add_argument('--labels', type=int, default=300)
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--core', type=int, default=0, help='both sides run on this core alone')
    parser.add_argument('--cache', action='store_true', help='measure the cache too')
    args = parser.parse_args()
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, {args.core})
    os.environ['OMP_NUM_THREADS'] = '1'
    temporary = Path(tempfile.mkdtemp())
    try:
        file = args.file
        if file is None:
            file = temporary / 'assertions.csv.gz'
            size = write_assertions(file, args.lines)
            print(f'generated {args.lines:,} lines, {size / 2**20:,.0f} MiB, '
                  f'{file.stat().st_size / 2**20:,.0f} MiB compressed', flush=True)
        labels = words('en', range(args.labels))
        shell, ours = [], []
        for _ in range(args.repeat):
            shell.append(gzip_and_count(file))
            ours.append(build(labels, file=str(file)))
        print(describe('gzip -dc | wc -l', shell))
        print(describe('pass', ours))
        # Seconds of the core do not count what other processes took of it meanwhile.
        for name in ('seconds', 'cpu'):
            rounds = ', '.join(f'{run[name] / other[name]:.2f}' for run, other in zip(ours, shell))
            print(f'ratio in {name}: {median(ours, name) / median(shell, name):.2f}; by round {rounds}')
        if args.cache:
            cache = temporary / 'cache.npz'
            first = build(labels, file=str(file), cache=str(cache))
            print(describe('pass that writes the cache', [first]))
            print(f'cache: {cache.stat().st_size / 2**20:.1f} MiB')
            again = [build(labels, file=str(file), cache=str(cache)) for _ in range(args.repeat)]
            print(describe('from the cache', again))
    finally:
        shutil.rmtree(temporary)


if __name__ == '__main__':
    main()
