"""Run a function over many files in processes that a crashing decoder may end."""
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Callable, Iterator, Sequence, Tuple

CRASHED = 'crashed'  # instead of a result


def isolated_map(function: Callable[[Any], Any], items: Sequence[Any], workers: int,
                 chunksize: int = 1) -> Iterator[Tuple[Any, Any]]:
    """Each item and its result, in order; ``CRASHED`` for an item that ends its process.

    Args:
        function: Takes an item; can be pickled.
        items: What it is called with.
        workers: Processes, at least 1.
        chunksize: Items that a process takes at once.
    """
    done = 0
    while done < len(items):
        for pair in _until_crash(function, items[done:], workers, chunksize):
            done += 1
            yield pair
        if done < len(items):
            # the first item without a result goes alone, so that the one to blame is known
            alone = list(_until_crash(function, items[done:done + 1], 1, 1))
            yield alone[0] if alone else (items[done], CRASHED)
            done += 1


def _end_with_parent() -> None:
    """End this worker when the process that started it is killed: it would wait for work forever."""
    def watch() -> None:
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _until_crash(function: Callable, items: Sequence, workers: int,
                 chunksize: int) -> Iterator[Tuple[Any, Any]]:
    # fork: workers need not import everything again; no decoder is open in this process
    context = multiprocessing.get_context('fork' if os.name == 'posix' else 'spawn')
    with ProcessPoolExecutor(workers, context, _end_with_parent) as pool:
        try:
            yield from zip(items, pool.map(function, items, chunksize=chunksize))
        except BrokenProcessPool:
            return
