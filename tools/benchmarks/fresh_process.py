"""What the benchmarks of the graph package share: a build in a process of its own against a shell's command."""
import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

PROGRAM = '''
KSSNET_MM_IMPORT = 'graphs'
import json, resource, sys, time
from mmengine.logging import MMLogger
{code}
MMLogger.get_current_instance().setLevel('ERROR')

def peak():
    try:  # of this program alone, where getrusage begins with what the process that started it had
        with open('/proc/self/status') as file:
            return int(next(line for line in file if line.startswith('VmHWM')).split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

arguments = json.loads(sys.stdin.read())
imported = peak()
begin, cpu = time.perf_counter(), time.process_time()
found = run(arguments)
spent = dict(seconds=time.perf_counter() - begin, cpu=time.process_time() - cpu, imports=imported, peak=peak())
assert 'torch' not in sys.modules
print(json.dumps(dict(found, **spent)))
'''


def add_settings(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Parse these arguments and those that all have; this process and those that it starts stay on one core."""
    parser.add_argument('--labels', type=int, default=300, help='words to look up')
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--core', type=int, default=0, help='both sides run on this core alone')
    args = parser.parse_args()
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, {args.core})
    os.environ['OMP_NUM_THREADS'] = '1'
    return args


def measure(code: str, arguments) -> dict:
    """What ``run`` gives, with ``seconds``, ``cpu`` (without the imports), ``imports`` and ``peak`` in MiB.

    Args:
        code: Imports, and a function ``run`` that takes the arguments and gives a dict of json types.
        arguments: Json types.
    """
    done = subprocess.run([sys.executable, '-c', PROGRAM.format(code=code)], check=True, text=True,
                          input=json.dumps(arguments), stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def shell(command: str) -> dict:
    """Seconds of a shell's command, whose output is dropped."""
    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    begin, cpu = time.perf_counter(), spent()
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)
    return dict(seconds=time.perf_counter() - begin, cpu=spent() - cpu)


def compare(command: str, code: str, arguments, repeat: int) -> dict:
    """Time both by turns and print the medians, the peak memory and the ratios; the last of our runs."""
    theirs, ours = [], []
    for _ in range(repeat):
        theirs.append(shell(command))
        ours.append(measure(code, arguments))
    for name, runs in (('command', theirs), ('ours', ours)):
        seconds, cpu = (statistics.median(run[key] for run in runs) for key in ('seconds', 'cpu'))
        print(f'{name}: {seconds:.2f} s, {cpu:.2f} s of the core')
    print(f'peak of the process {max(run["peak"] for run in ours):.0f} MiB, '
          f'{max(run["peak"] - run["imports"] for run in ours):.0f} beyond its imports')
    # Seconds of the core do not count what other processes took of it meanwhile.
    for key in ('seconds', 'cpu'):
        ratios = [run[key] / other[key] for run, other in zip(ours, theirs)]
        print(f'ratio in {key}: {statistics.median(ratios):.2f}; by round '
              + ', '.join(f'{ratio:.2f}' for ratio in ratios))
    return ours[-1]
