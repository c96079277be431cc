"""Plain tables of samples and labels: csv, json or npz."""
import json
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union
from zipfile import BadZipFile

import numpy as np

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.labels import index_labels

from .csv_rows import csv_rows
from .faults import FaultHandler, raise_fault


class Sample(NamedTuple):
    """A row: id or file name (None where the table has none), labels as names or as sorted positions, and place."""
    name: Optional[str]
    labels: Union[List[str], List[int]]
    where: str


# Samples with names of labels, and the table's own labels in its order; None where it lists names alone.
Table = Tuple[List[Sample], Optional[List[str]]]


def read_csv(path: PathLike, separator: str = ';') -> Table:
    """``id,labels`` rows with names between separators, or ``id,<label>,<label>,...`` rows of 0 and 1.

    Raises:
        ValueError: The table is malformed; names file and line.
    """
    lines = csv_rows(path)
    header, _ = next(lines, ([], ''))
    if len(header) < 2:
        raise ValueError(f"{path}:1: the header is neither 'id,labels' nor an id and a column a label")
    as_names = len(header) == 2 and header[1].strip().casefold() == 'labels'
    labels, rows = [name.strip() for name in header[1:]], []
    for row, where in lines:
        if len(row) != len(header):
            raise ValueError(f'{where}: {len(row)} columns, the header has {len(header)}')
        cells = [cell.strip() for cell in row]
        if as_names:
            held = [name.strip() for name in cells[1].split(separator) if name.strip()]
        else:
            wrong = [cell for cell in cells[1:] if cell not in ('0', '1')]
            if wrong:
                raise ValueError(f'{where}: {wrong[0]!r} is neither 0 nor 1')
            held = [label for label, cell in zip(labels, cells[1:]) if cell == '1']
        rows.append(Sample(cells[0], held, where))
    return rows, None if as_names else labels


class _Pairs(list):
    """A json object as a list of pairs, because ``dict`` would drop a key that comes twice."""


def _places(path: PathLike, text: str, keys: Sequence[str]) -> List[str]:
    """``file:line`` of each key of an object, in the file's order; its number where it is escaped."""
    places, position, line = [], 0, 1
    for number, key in enumerate(keys):
        quoted = re.escape(json.dumps(key, ensure_ascii=False))
        found = re.compile(quoted + r'\s*:').search(text, position)
        if found is None:
            places.append(f'{path}: row {number}')
            continue
        places.append(f'{path}:{line + text.count(chr(10), position, found.start())}')
        line += text.count('\n', position, found.end())
        position = found.end()
    return places


def read_json(path: PathLike, key: str = 'targets') -> Table:
    """``[[name, ...], ...]``, ``{id: [name, ...], ...}`` or ``{"labels": [...], key: rows}``.

    Rows are lists of names or lists of N zeros and ones. Only the forms with ids name the samples; an id
    that comes twice is kept twice.

    Raises:
        ValueError: The table is malformed; names the file and the line or row.
    """
    text = Path(path).read_text(encoding='utf-8-sig')
    try:
        content: Any = json.loads(text, object_pairs_hook=_Pairs)
    except ValueError as error:
        raise ValueError(f'{path} is not json: {error}') from error
    labels, outer = None, dict(content) if isinstance(content, _Pairs) else {}
    if 'labels' in outer and key in outer:
        labels, content = outer['labels'], outer[key]
    if isinstance(content, _Pairs):
        ids = [name for name, _ in content]
        held, where = [row for _, row in content], _places(path, text, ids)
    else:
        held = content if isinstance(content, list) else [None]
        ids, where = [None] * len(held), [f'{path}: row {number}' for number in range(len(held))]
    if not all(type(row) is list for row in held):
        raise ValueError(f"{path} holds no rows of labels: lists of names, or 'labels' and {key!r}")
    rows = []
    for name, cells, place in zip(ids, held, where):
        if labels is not None and cells and all(type(cell) is int for cell in cells):
            if len(cells) != len(labels) or set(cells) - {0, 1}:
                raise ValueError(f'{place} is not {len(labels)} zeros and ones')
            cells = [label for label, cell in zip(labels, cells) if cell]
        wrong = [cell for cell in cells if not isinstance(cell, str)]
        if wrong:
            raise ValueError(f'{place}: {wrong[0]!r} is not the name of a label')
        rows.append(Sample(name, cells, place))
    return rows, labels


def read_samples(path: PathLike, classes: Optional[Sequence[str]] = None, key: str = 'targets',
                 separator: str = ';', names: bool = False,
                 fault: FaultHandler = raise_fault) -> Tuple[Tuple[str, ...], List[Sample]]:
    """Classes, and samples with positions of labels; see :func:`read_csv` and :func:`read_json`.

    Args:
        path: The table.
        classes: Names in the order wanted. None: the table's own, alphabetical where it has none.
        key: Where a json file with ``labels`` keeps the rows.
        separator: Between the names in a csv's ``labels`` column.
        names: Whether each sample must have a name of its own.
        fault: See ``kssnet_mm.annotations``. Rows without a name or with a repeated one, if ``names``, and labels
            that are not among the classes are left out.

    Raises:
        ValueError: The table is malformed, or ``fault`` raised.
    """
    path = Path(path)
    if path.suffix not in ('.csv', '.json'):
        raise ValueError(f'a table of samples and labels is a .csv or .json file, got {str(path)!r}')
    rows, own = read_csv(path, separator) if path.suffix == '.csv' else read_json(path, key)
    if names and any(row.name is None for row in rows):
        raise ValueError(f'{path} has rows without file names: use {{"file name": ["label", ...]}}')
    if classes is None:
        classes = own or sorted({label for row in rows for label in row.labels})
    index_labels(classes)
    position, seen, samples = {label: i for i, label in enumerate(classes)}, {}, []
    for label in own or ():
        if label not in position:
            fault('unknown label', f'{path}:1', f'the column {label!r} is not one of the classes')
    for row in rows:
        if names and not row.name:
            fault('malformed row', row.where, 'the row has no file name')
            continue
        if names and row.name in seen:
            fault('duplicate id', row.where, f'{row.name!r} was already at {seen[row.name]}')
            continue
        seen[row.name] = row.where
        for label in row.labels:
            if label not in position:
                fault('unknown label', row.where, f'{label!r} is not one of the classes')
        held = sorted({position[label] for label in row.labels if label in position})
        samples.append(Sample(row.name, held, row.where))
    return tuple(classes), samples


def read_arrays(path: PathLike, key: str = 'targets') -> Tuple[List[str], Dict[str, Any]]:
    """``labels`` (or ``classes``) of an npz, and what it keeps under ``key``.

    Returns:
        The labels, and ``array`` (n x N, non-zero where the sample holds the label) and ``packed`` (whether
        ``np.packbits(axis=1)`` made it n x ceil(N / 8)), or ``indices`` and ``indptr`` of a CSR array.

    Raises:
        ValueError: It is no npz, or has no such targets; names the file.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            names = [name for name in ('labels', 'classes') if name in file.files]
            if not names:
                raise ValueError("it has neither 'labels' nor 'classes'")
            labels = file[names[0]].tolist()
            if f'{key}.indptr' in file.files:
                return labels, {part: file[f'{key}.{part}'] for part in ('indices', 'indptr')}
            if key not in file.files:
                raise ValueError(f'it has no {key!r}, but {", ".join(map(repr, file.files))}')
            array = file[key]
    except (ValueError, BadZipFile, EOFError) as error:
        raise ValueError(f'{path} is not a table of labels: {error}') from error
    width = array.shape[1] if array.ndim == 2 else None
    packed = width != len(labels) and width == -(-len(labels) // 8) and array.dtype == np.uint8
    if width != len(labels) and not packed:
        raise ValueError(f'{path}: {key!r} has shape {array.shape}; {len(labels)} labels need (n, {len(labels)})')
    return labels, dict(array=array, packed=packed)
