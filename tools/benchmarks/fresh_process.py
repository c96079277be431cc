"""A build in a process of its own: its seconds, and the most memory that the process had."""
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


def stay_on_core(core: int) -> None:
    """This process, and those that it starts, run on one core."""
    if hasattr(os, 'sched_setaffinity'):
        os.sched_setaffinity(0, {core})
    os.environ['OMP_NUM_THREADS'] = '1'


def median(runs: list, name: str) -> float:
    return statistics.median(run[name] for run in runs)


def describe(name: str, runs: list) -> str:
    """Medians of the seconds and the largest memory of several runs, as a line."""
    text = f'{name}: {median(runs, "seconds"):.2f} s, {median(runs, "cpu"):.2f} s of the core'
    if 'peak' not in runs[0]:
        return text
    beyond = max(run['peak'] - run['imports'] for run in runs)
    return f'{text}; peak of the process {max(run["peak"] for run in runs):.0f} MiB, {beyond:.0f} beyond its imports'


def ratios(ours: list, others: list) -> str:
    """The ratio of two kinds of runs that took turns, by the clock and by the core's own time."""
    lines = []
    # Seconds of the core do not count what other processes took of it meanwhile.
    for name in ('seconds', 'cpu'):
        rounds = ', '.join(f'{run[name] / other[name]:.2f}' for run, other in zip(ours, others))
        lines.append(f'ratio in {name}: {median(ours, name) / median(others, name):.2f}; by round {rounds}')
    return '\n'.join(lines)
