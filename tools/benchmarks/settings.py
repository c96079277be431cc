"""Settings that the speed benchmarks share, and how their results are shown."""
import argparse
import contextlib
import json
import statistics
from typing import Dict, Optional, Sequence

import torch
import torch.nn as nn
from nets import NETS
from rich.console import Console
from rich.table import Table
from timing import Sides, interleaved, paired_ratio, peak_memory

from kssnet_mm.utils.io import write_atomically


def default_device() -> str:
    """A GPU, where there is one."""
    return 'cuda' if torch.cuda.is_available() else 'cpu'


def set_up(args: argparse.Namespace) -> None:
    """Decide on the device and the number of threads where they are not given, and set the latter."""
    args.device = default_device() if args.device is None else args.device
    args.threads = torch.get_num_threads() if args.threads is None else args.threads
    torch.set_num_threads(args.threads)


def channels_last(x: torch.Tensor) -> torch.memory_format:
    """The layout with the channels last for an input of this many axes."""
    return torch.channels_last if x.dim() == 4 else torch.channels_last_3d


def prepare(model: nn.Module, x: torch.Tensor, args: argparse.Namespace) -> nn.Module:
    """The model on its device, in its layout, compiled if asked for."""
    model = model.to(args.device)
    if args.channels_last:
        model = model.to(memory_format=channels_last(x))
    return torch.compile(model) if args.compile else model


def make_input(args: argparse.Namespace) -> torch.Tensor:
    """Random input of the model's size, in the layout asked for."""
    x = torch.randn(args.batch, *(args.size or NETS[args.model].shape), device=args.device)
    return x.contiguous(memory_format=channels_last(x)) if args.channels_last else x


def precision(args: argparse.Namespace) -> contextlib.AbstractContextManager:
    """The autocast context of the type asked for."""
    return torch.autocast(torch.device(args.device).type, torch.bfloat16, enabled=args.dtype == 'bfloat16')


def compare(sides: Sides, bases: Sequence[str], args: argparse.Namespace) -> dict:
    """Time all sides in turns; ratios to the ``bases`` that there are, seconds, samples a second, a GPU's memory."""
    gpu = torch.device(args.device).type == 'cuda'
    device = torch.cuda.get_device_name(args.device) if gpu else f'CPU, {args.threads} threads'
    how = ', channels last' * args.channels_last + ', compiled' * args.compile
    memory = {name: peak_memory(side, args.device) for name, side in sides.items()} if gpu else {}
    times = interleaved(sides, args.rounds)
    medians = {name: statistics.median(times[name]) for name in sides}
    ratios = {f'{name}/{base}': paired_ratio(times, name, base)
              for base in bases if base in sides for name in sides if name != base}
    return dict(ratios, model=args.model, batch=args.batch, device=f'{device}, {args.dtype}{how}', rounds=args.rounds,
                seconds=medians, samples_per_second={name: args.batch / medians[name] for name in sides},
                memory=memory)


def show(results: dict, path: Optional[str], errors: Dict[str, float] = {}) -> None:
    """Print the table, and write the results as json to a path if there is one."""
    bases = [base for base in results['seconds'] if any(key.endswith(f'/{base}') for key in results)]
    table = Table('side', 'median ms', 'per s', *(f'/ {base}' for base in bases), 'off by', 'peak MiB',
                  title='{model}, batch {batch}, {device}, {rounds} rounds'.format(**results))
    for name, median in results['seconds'].items():
        table.add_row(name, f'{1e3 * median:.1f}', f'{results["samples_per_second"][name]:.2f}',
                      *(f'{results.get(f"{name}/{base}", 1):.3f}' for base in bases),
                      f'{errors[name]:.1e}' if name in errors else '', f'{results["memory"].get(name, "")}')
    table.columns = [column for column in table.columns if any(column.cells)]
    Console().print(table)
    print(f'GCN, lateral connections and head by themselves: {results["graph_share"]:.1%} of the time of ours')
    if path:
        write_atomically(path, json.dumps(results, indent=1))
