"""Charades' official annotation files, as its data set needs them."""
import os
from typing import Callable, Dict, List, NamedTuple, Union

from kssnet_mm.graphs.sources import charades as official

from .sample_policy import Fault

PathLike = Union[str, os.PathLike]


class Action(NamedTuple):
    """One action of a video: class code, start and end in seconds."""
    code: str
    start: float
    end: float


class Video(NamedTuple):
    """One row of the csv: id, actions, length in seconds, and its line in the file."""
    id: str
    actions: List[Action]
    length: float
    line: int


def read_classes(file: PathLike) -> Dict[str, str]:
    """``c000 Holding some clothes`` -> {'c000': 'Holding some clothes'}, in the file's order.

    Raises:
        ValueError: A line is not a code and a name, or repeats a code; names file and line.
    """
    classes = {}
    with open(file, encoding='utf-8-sig') as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            code, _, name = line.strip().partition(' ')
            if not name or code in classes:
                raise ValueError(f'{file}:{number}: expected a new code and a name, got '
                                 f'{line.strip()!r}')
            classes[code] = name
    return classes


def _raise(kind: str, where: str, message: str) -> None:
    raise ValueError(str(Fault(kind, where, message)))


def read_videos(file: PathLike, classes: Dict[str, str],
                fault: Callable[[str, str, str], None] = _raise) -> List[Video]:
    """The rows of ``Charades_v1_train.csv`` or ``_test.csv``.

    Args:
        file: The csv.
        classes: Code -> name.
        fault: Called with kind, ``file:line`` and message of each fault of a row's content; may raise.
            Rows with a repeated id and actions of unknown classes are then left out.

    Raises:
        ValueError: A column is missing or a row is malformed, which ends the reading, or ``fault``
            raised; names file and line.
    """
    videos, seen = [], {}
    for name, length, actions, where in official.read_videos(file):
        if not name:
            fault('malformed row', where, 'the row lacks an id')
            continue
        if name in seen:
            fault('duplicate id', where, f'id {name!r} was already on line {seen[name]}')
            continue
        seen[name] = line = int(where.rsplit(':', 1)[1])
        if not length > 0:
            fault('malformed row', where, f'the length of {name!r} is {length:g} seconds')
        known = []
        for action in actions:
            if action[0] in classes:
                known.append(Action(*action))
            else:
                fault('unknown label', where, f'the class {action[0]!r} is not in the class file')
        videos.append(Video(name, known, length, line))
    return videos
