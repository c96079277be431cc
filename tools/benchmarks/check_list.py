"""The list of all checks of ``gpu_check.py``, with its speed tables, and how one of them is run."""
import argparse
import contextlib
import functools
import time
from typing import Callable, Dict

import inference_speed
import torch
import train_step
from device_checks import Case, compiled, copies, demand, distributed, mixed_precision, outputs
from nets import NETS

# The speed tables let a GPU's convolutions round their factors to TF32's 10 bits: 2.3e-4 was seen on an H200.
SPEED_TOLERANCES = {'float32': 2e-3, 'bfloat16': 5e-2}


class LeftOut(Exception):
    """A check that cannot run here; says why."""


def speed(benchmark, dtype: str, options: list) -> dict:
    """The table of ``inference_speed.py`` or ``train_step.py`` for one network."""
    layout = ['--channels-last'] if dtype == 'bfloat16' else []
    args = benchmark.parse_args(['--dtype', dtype, *layout, *options])
    try:
        results = benchmark.measure(args)
    except torch.cuda.OutOfMemoryError:
        raise LeftOut(f'there is no memory for a batch of {args.batch}: set --batch')
    for name, value in results.get('errors', {}).items():
        demand(value <= SPEED_TOLERANCES[dtype], f'{name}: off by {value:.1e}')
    found = {'plain, samples/s': results['samples_per_second']['plain']}
    found.update({key: value for key, value in results.items() if key.endswith('/plain')})
    found.update({f'{name}, MiB': value for name, value in results['memory'].items()})
    return dict(found, **{'share of the graph': results['graph_share']})


@contextlib.contextmanager
def convolutions(exact: bool):
    """A GPU's convolutions in float32 proper and the same in each run, or in the fastest way."""
    cudnn = torch.backends.cudnn
    before = cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic
    cudnn.allow_tf32 = cudnn.benchmark = not exact
    cudnn.deterministic = exact
    try:
        yield
    finally:
        cudnn.allow_tf32, cudnn.benchmark, cudnn.deterministic = before


def make_checks(args: argparse.Namespace) -> Dict[str, Callable[[], dict]]:
    """Name -> check, the most telling first."""
    gpu = torch.device(args.device).type == 'cuda'
    image, video = ('resnet101', 'i3d') if gpu else ('resnet18', 'i3d')
    sizes = {} if gpu else dict(image=(3, 32, 32), video=(3, 8, 32, 32))
    nets = {medium: NETS[name]._replace(shape=sizes.get(medium, NETS[name].shape))
            for medium, name in (('image', image), ('video', video))}
    case = functools.lru_cache(None)(lambda medium: Case(nets[medium], args.device, 2 if gpu else 4))
    checks = {f'{text}, {medium}': lambda check=check, medium=medium: check(case(medium))
              for text, check in (('outputs', outputs), ('mixed precision', mixed_precision),
                                  ('no copies in a step', copies), ('DDP', distributed)) for medium in nets}
    timed = dict(image=image, video='i3d-64' if gpu else video)
    for dtype in ('bfloat16', 'float32') if gpu else ('float32', ):
        for text, benchmark in (('inference', inference_speed), ('training step', train_step)):
            for medium, batch in zip(nets, args.batch or ((32, 4) if gpu else (2, 2))):
                options = ['--model', timed[medium], '--batch', batch, '--device', args.device,
                           '--rounds', 15 if gpu else 1]
                options += ['--size', *sizes[medium]] if sizes else []
                checks[f'speed, {text}, {medium}, {dtype}'] = functools.partial(
                    speed, benchmark, dtype, list(map(str, options)))
    checks.update({f'compiled, {medium}': lambda medium=medium: compiled(case(medium))
                   for medium in (nets if gpu else ['image'])})
    return checks


def run(name: str, check: Callable[[], dict]) -> dict:
    """One check's status, numbers and seconds, which are printed too."""
    start, numbers = time.monotonic(), {}
    try:
        with convolutions(exact=not name.startswith('speed')):
            numbers = check()
        status, text = 'ok', '; '.join(f'{key} {value:.3g}' for key, value in numbers.items())
    except LeftOut as reason:
        status, text = 'left out', str(reason)
    except Exception as error:  # the other checks go on
        status, text = 'FAILED', f'{type(error).__name__}: {error}'
    seconds = time.monotonic() - start
    print(f'{status:8}  {name} ({seconds:.1f} s): {text}', flush=True)
    return dict(name=name, status=status, text=text, numbers=numbers, seconds=seconds)
