"""Settings that the speed benchmarks share: device, type, memory layout, compilation and batch."""
import argparse
import contextlib
from typing import Callable, Dict

import torch
import torch.nn as nn
from bench_models import NETS


def add_settings(parser: argparse.ArgumentParser, batch: int) -> None:
    """The arguments that both benchmarks have."""
    parser.add_argument('--model', choices=sorted(NETS), default='resnet101')
    parser.add_argument('--batch', type=int, default=batch, help='0: the largest that fits a GPU')
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--dtype', choices=['float32', 'bfloat16'], default='float32', help='bfloat16 is autocast')
    parser.add_argument('--channels-last', action='store_true')
    parser.add_argument('--compile', action='store_true', help='torch.compile all sides')
    parser.add_argument('--json', help='write the ratios to this file')


def on_gpu(args: argparse.Namespace) -> bool:
    """Whether the device is a CUDA one, of any index."""
    return torch.device(args.device).type == 'cuda'


def where(args: argparse.Namespace) -> str:
    """What the numbers were measured on, and how."""
    device = torch.cuda.get_device_name(args.device) if on_gpu(args) else f'CPU, {args.threads} threads'
    layout = ', channels last' if args.channels_last else ''
    return f'{device}, {args.dtype}{layout}{", compiled" if args.compile else ""}'


def prepare(model: nn.Module, args: argparse.Namespace, dims: int) -> nn.Module:
    """The model on its device, in its layout, compiled if asked for."""
    model = model.to(args.device)
    if args.channels_last:
        model = model.to(memory_format=torch.channels_last if dims == 2 else torch.channels_last_3d)
    return torch.compile(model) if args.compile else model


def make_input(batch: int, args: argparse.Namespace) -> torch.Tensor:
    """Random input of the model's size, in the layout asked for."""
    x = torch.randn(batch, *NETS[args.model][-1], device=args.device)
    if args.channels_last:
        x = x.contiguous(memory_format=torch.channels_last if x.dim() == 4 else torch.channels_last_3d)
    return x


def precision(args: argparse.Namespace) -> contextlib.AbstractContextManager:
    """The autocast context of the type asked for."""
    return torch.autocast(torch.device(args.device).type, torch.bfloat16, enabled=args.dtype == 'bfloat16')


def largest_batch(run: Callable[[int], None]) -> int:
    """The largest power of two that ``run(batch)`` has memory for.

    Raises:
        RuntimeError: A batch of 1 has none.
    """
    batch = 0
    with contextlib.suppress(torch.cuda.OutOfMemoryError):
        while True:
            run(batch * 2 or 1)
            batch = batch * 2 or 1
    torch.cuda.empty_cache()
    if not batch:
        raise RuntimeError('there is no memory for a batch of 1')
    return batch


def peak_memory(sides: Dict[str, Callable[[], object]], args: argparse.Namespace) -> Dict[str, float]:
    """MiB that a call of each side takes at its peak beyond what is there before it; GPUs only."""
    peaks = {}
    for name, side in sides.items() if on_gpu(args) else ():
        side()
        torch.cuda.synchronize(args.device)
        torch.cuda.reset_peak_memory_stats(args.device)
        before = torch.cuda.memory_allocated(args.device)
        side()
        torch.cuda.synchronize(args.device)
        peaks[name] = (torch.cuda.max_memory_allocated(args.device) - before) / 2**20
    return peaks
