"""A file backend that removes a checkpoint only when asked a second time."""
import os.path as osp
from typing import Callable, Iterable, List, Sequence


class LateRemoval:
    """Stands before a backend of mmengine: what is to be removed waits for :meth:`finish`.

    mmengine's ``CheckpointHook`` removes the former checkpoint first and then writes the new one. A kill
    between the two leaves none.

    Args:
        backend: The backend that removes.
        note: Is told the names of all that waits, before any of it is removed. What is noted in the next
            checkpoint can be removed after a kill, too.
        waiting: Paths that a killed run left to remove.
    """

    def __init__(self, backend, note: Callable[[List[str]], None], waiting: Sequence[str] = ()) -> None:
        self.backend, self.note, self.waiting = backend, note, list(waiting)

    def __getattr__(self, name: str):
        return getattr(self.backend, name)

    def remove(self, path: str) -> None:
        """Let a file wait."""
        self.waiting.append(path)
        self.note([osp.basename(path) for path in self.waiting])

    rmtree = remove  # checkpoints of DeepSpeed are folders

    def finish(self, kept: Iterable[str]) -> None:
        """Remove what waits, except where a file of the name has become current again.

        Args:
            kept: Paths of the checkpoints that the run refers to.
        """
        kept = {osp.basename(path) for path in kept if path}
        for path in self.waiting:
            if osp.basename(path) in kept:
                continue
            if self.backend.isfile(path):
                self.backend.remove(path)
            elif self.backend.isdir(path):
                self.backend.rmtree(path)
        self.waiting = []
