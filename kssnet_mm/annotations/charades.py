"""Charades' official csv and class files."""
import math
from typing import Dict, Iterator, List, NamedTuple, Optional

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.labels import canonical_label
from kssnet_mm.utils.text_files import read_text

from .csv_rows import csv_rows
from .faults import FaultHandler, raise_fault


class Action(NamedTuple):
    """One action of a video: class code, start and end in seconds."""
    code: str
    start: float
    end: float


class Video(NamedTuple):
    """One row of the csv: id, actions, length in seconds (0 where the file has none), and ``file:line``."""
    id: str
    actions: List[Action]
    length: float
    where: str


def parse_actions(text: str, where: str) -> List[Action]:
    """The ``actions`` field, ``'c092 11.90 21.20;c147 0.00 12.60'``.

    Raises:
        ValueError: The field is malformed; the message starts with ``where``.
    """
    actions = []
    for item in filter(None, (part.strip() for part in text.split(';'))):
        try:
            code, start, end = item.split()
            start, end = float(start), float(end)
        except ValueError:
            raise ValueError(f"{where}: action {item!r} is not 'class start end'") from None
        if not (math.isfinite(start) and math.isfinite(end) and 0 <= start):
            raise ValueError(f'{where}: action {item!r} has no valid times')
        actions.append(Action(code, start, end))
    return actions


def read_videos(file: PathLike, classes: Optional[Dict[str, str]] = None,
                fault: FaultHandler = raise_fault) -> Iterator[Video]:
    """The rows of ``Charades_v1_train.csv`` or ``_test.csv``.

    Args:
        file: The csv.
        classes: Code -> name, of :func:`read_codes`; None: any code is accepted.
        fault: See ``kssnet_mm.annotations``. Rows without an id or with a repeated one, and actions of unknown
            classes, are left out.

    Raises:
        ValueError: A column is missing or a row is malformed, or ``fault`` raised; names file and line.
    """
    rows, seen = csv_rows(file, strict=False), {}
    header, _ = next(rows, ([], ''))
    missing = [name for name in ('id', 'actions') if name not in header]
    if missing:
        raise ValueError(f'{file}:1: no column {" and no column ".join(missing)}; an official Charades csv is needed')
    for cells, where in rows:
        if len(cells) != len(header):
            raise ValueError(f'{where}: the row does not have {len(header)} columns')
        row = dict(zip(header, cells))
        name, actions = row['id'], parse_actions(row['actions'], where)
        try:
            length = float(row.get('length') or 0)
        except ValueError:
            raise ValueError(f'{where}: length {row["length"]!r} is not a number') from None
        if not name:
            fault('malformed row', where, 'the row lacks an id')
            continue
        if name in seen:
            fault('duplicate id', where, f'id {name!r} was already on line {seen[name].rpartition(":")[2]}')
            continue
        seen[name] = where
        for action in actions:
            if classes is not None and action.code not in classes:
                fault('unknown label', where, f'the class {action.code!r} is not in the class file')
        known = [action for action in actions if classes is None or action.code in classes]
        yield Video(name, known, length, where)


def read_codes(file: PathLike) -> Dict[str, str]:
    """``c000 Holding some clothes`` -> {'c000': 'Holding some clothes'}, in the file's order.

    Raises:
        ValueError: A line is not a code and a name, or repeats one; names file and line.
    """
    codes: Dict[str, str] = {}
    for number, line in enumerate(read_text(file).split('\n'), 1):
        if line.strip():
            code, _, name = line.strip().partition(' ')
            name = name.strip()
            if not name or code in codes or canonical_label(name) in map(canonical_label, codes.values()):
                raise ValueError(f'{file}:{number}: expected a new code and a new name, got {line.strip()!r}')
            codes[code] = name
    if not codes:
        raise ValueError(f'{file}: no class in this file')
    return codes


def read_concepts(classes: Dict[str, str], mapping_file: PathLike, object_file: PathLike,
                  verb_file: PathLike) -> Dict[str, Dict[str, Optional[str]]]:
    """Class name -> ``dict(verb=..., object=...)``, object None where the action has none.

    Args:
        classes: Code -> name of the classes.
        mapping_file: ``Charades_v1_mapping.txt``.
        object_file: ``Charades_v1_objectclasses.txt``.
        verb_file: ``Charades_v1_verbclasses.txt``.

    Raises:
        ValueError: A line of the mapping is malformed or a class has none; names file and line.
    """
    objects, verbs, concepts = read_codes(object_file), read_codes(verb_file), {}
    lines = [(number, line.split()) for number, line in enumerate(read_text(mapping_file).split('\n'), 1)
             if line.strip()]
    for number, words in lines:
        try:
            code, thing, verb = words
            thing = objects[thing]
            concepts[classes[code]] = dict(verb=verbs[verb], object=None if thing.casefold() == 'none' else thing)
        except (ValueError, KeyError) as error:
            raise ValueError(f"{mapping_file}:{number}: {' '.join(words)!r} is not 'class object verb' of the class "
                             f'files ({error})') from None
    missing = [name for name in classes.values() if name not in concepts]
    if missing:
        raise ValueError(f'{mapping_file} has no line for {", ".join(missing[:5])}')
    return concepts
