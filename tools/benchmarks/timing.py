"""Timing several sides in turns in one process, their memory, and the share of the label graph."""
import random
import statistics
import sys
import time
from typing import Callable, Dict, List

import torch
import torch.nn as nn
from rich.progress import track

from kssnet_mm.models import LateralConnection

Sides = Dict[str, Callable[[], object]]


def seconds(call: Callable[[], object]) -> float:
    """One call, with all that it started on a GPU."""
    synchronize()
    start = time.perf_counter()
    call()
    synchronize()
    return time.perf_counter() - start


def synchronize() -> None:
    """Wait for the GPU, where there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def interleaved(sides: Sides, rounds: int, warmup: int = 2) -> Dict[str, List[float]]:
    """Seconds of every call, by side. Each round calls every side once, in an order drawn anew.

    So the machine's moods hit all sides alike. In a fixed cycle one side would always run behind the same other,
    and pay for the caches or spinning threads that it leaves.
    """
    names, times = list(sides), {name: [] for name in sides}
    for name in names:
        for _ in range(warmup):
            sides[name]()
    rng = random.Random(0)
    for _ in track(range(rounds), 'timing', transient=True, disable=not sys.stdout.isatty()):
        for name in rng.sample(names, len(names)):
            times[name].append(seconds(sides[name]))
    return times


def paired_ratio(times: Dict[str, List[float]], side: str, base: str) -> float:
    """Median over rounds of side / base."""
    return statistics.median(a / b for a, b in zip(times[side], times[base]))


def peak_memory(call: Callable[[], object], device: torch.device) -> int:
    """MiB that a call takes on a GPU at its peak, beyond what is there before it."""
    call()
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    call()
    torch.cuda.synchronize(device)
    return round((torch.cuda.max_memory_allocated(device) - before) / 2**20)


def graph_seconds(network: nn.Module, x: torch.Tensor, training: bool, repeats: int = 5) -> float:
    """Seconds of the GCN, the connections and the head, each called by itself; in training with its backward pass.

    Args:
        network: Of an undeployed KSSNet.
        x: Its input.
        training: Whether to time the backward pass too.
        repeats: The median of so many calls counts.
    """
    parts = [module for module in network.modules() if isinstance(module, LateralConnection)]
    calls, total = [], 0.0
    handles = [module.register_forward_pre_hook(lambda module, inputs: calls.append((module, inputs)))
               for module in (network.backbone.gcn, *parts, network.head)]
    with torch.no_grad():
        network(x)
    for handle in handles:
        handle.remove()
    for module, inputs in calls:
        inputs = fresh(inputs) if training else inputs

        def call():
            outputs = module(*inputs)
            if training:
                outputs = [outputs] if isinstance(outputs, torch.Tensor) else outputs
                torch.autograd.backward(outputs, [torch.ones_like(output) for output in outputs])

        total += statistics.median([seconds(call) for _ in range(repeats + 2)][2:])
    network.zero_grad(set_to_none=True)
    return total


def fresh(value):
    """The same tensors without their history, as a module's inputs that want gradients."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_()
    return tuple(map(fresh, value))
