"""Timing several sides alternately in one process, so that a machine's moods hit all of them alike."""
import random
import statistics
import time
from typing import Callable, Dict, List, Optional

import torch


def interleaved(sides: Dict[str, Callable[[], object]], rounds: int, warmup: int = 2,
                progress: Optional[Callable[[], None]] = None) -> Dict[str, List[float]]:
    """Seconds of every call, by side; each round calls every side once, in an order drawn anew.

    A fixed cycle would let one side always run behind the same other, and pay for the caches or spinning
    threads that it leaves.
    """
    names, times = list(sides), {name: [] for name in sides}
    for name in names:
        for _ in range(warmup):
            sides[name]()
    rng = random.Random(0)
    for _ in range(rounds):
        for name in rng.sample(names, len(names)):
            synchronize()
            start = time.perf_counter()
            sides[name]()
            synchronize()
            times[name].append(time.perf_counter() - start)
        if progress:
            progress()
    return times


def synchronize() -> None:
    """Wait for the GPU, where there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def paired_ratio(times: Dict[str, List[float]], side: str, base: str) -> float:
    """Median over rounds of side / base."""
    return statistics.median(a / b for a, b in zip(times[side], times[base]))
