"""Charades' official annotation files."""
import csv
import os
from typing import Dict, List, NamedTuple, Union

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
    with open(file, encoding='utf-8') as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            code, _, name = line.strip().partition(' ')
            if not name or code in classes:
                raise ValueError(f'{file}:{number}: expected a new code and a name, got {line.strip()!r}')
            classes[code] = name
    return classes


def read_videos(file: PathLike, classes: Dict[str, str]) -> List[Video]:
    """The rows of ``Charades_v1_train.csv`` or ``_test.csv``.

    Raises:
        ValueError: A column is missing, a row is malformed, an action's code is unknown, or an id
            comes twice; names file and line.
    """
    videos, seen = [], {}
    with open(file, encoding='utf-8', newline='') as stream:
        reader = csv.DictReader(stream)
        missing = {'id', 'actions', 'length'} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f'{file}:1: the columns {sorted(missing)} are missing')
        for row in reader:
            where = f'{file}:{reader.line_num}'
            if not row['id'] or row['actions'] is None or row['length'] is None:
                raise ValueError(f'{where}: the row lacks an id, actions or a length: {dict(row)}')
            if row['id'] in seen:
                raise ValueError(f'{where}: id {row["id"]!r} was already on line {seen[row["id"]]}')
            seen[row['id']] = reader.line_num
            actions = []
            for text in filter(None, (part.strip() for part in row['actions'].split(';'))):
                try:
                    code, start, end = text.split()
                    action = Action(code, float(start), float(end))
                except ValueError:
                    raise ValueError(f'{where}: expected "code start end", got {text!r}') from None
                if code not in classes:
                    raise ValueError(f'{where}: the class {code!r} is not in the class file')
                actions.append(action)
            try:
                length = float(row['length'])
            except ValueError:
                raise ValueError(f'{where}: the length {row["length"]!r} is no number') from None
            videos.append(Video(row['id'], actions, length, reader.line_num))
    return videos
