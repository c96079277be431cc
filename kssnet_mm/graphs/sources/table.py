"""Labels of a plain table: csv, json or npz."""
import csv
import json
import os
import re
from pathlib import Path
from typing import Any, Iterator, List, NamedTuple, Optional, Sequence, TextIO, Tuple, Union
from zipfile import BadZipFile

import numpy as np

from kssnet_mm.registry import TASK_UTILS

from ..label_graph import Matrix, index_labels
from .targets import select, targets_from_array, targets_from_csr, targets_from_sets


class Rows(NamedTuple):
    """A table as it was read: one entry a sample in each list.

    Attributes:
        ids: Ids or file names; None where the table has none.
        samples: Names of the labels that each sample holds.
        where: ``file:line`` of each sample, or ``file: row n``.
        labels: The table's own labels in its order; None where it lists names alone.
    """
    ids: Optional[List[str]]
    samples: List[List[str]]
    where: List[str]
    labels: Optional[List[str]]


def _table(rows: Rows) -> Tuple[List[str], Matrix]:
    """Labels, in alphabetical order unless the table has its own, and targets."""
    labels = rows.labels
    if labels is None:
        labels = sorted({name for names in rows.samples for name in names})
    position = {label: index for index, label in enumerate(labels)}
    for names, place in zip(rows.samples, rows.where):
        unknown = [name for name in names if name not in position]
        if unknown:
            raise ValueError(f'{place}: {unknown[0]!r} is not one of the labels')
    held = [{position[name] for name in names} for names in rows.samples]
    return list(labels), targets_from_sets(held, len(labels))


def _csv_lines(file: TextIO, path: Path) -> Iterator[Tuple[List[str], str]]:
    """Cells of each row and ``file:line`` where it ends; what csv itself refuses, where it begins.

    Strict: else a quote that nobody closes makes one label of all rows behind it.
    """
    reader, line = csv.reader(file, strict=True), 0
    try:
        for row in reader:
            line = reader.line_num
            yield row, f'{path}:{line}'
    except csv.Error as error:
        raise ValueError(f'{path}:{line + 1}: the row that begins here is no csv, look for a quote that is not '
                         f'closed ({error})') from error


def csv_rows(path: Path, separator: str) -> Rows:
    """``id,labels`` rows with names between separators, or ``id,<label>,<label>,...`` rows of 0 and 1.

    Raises:
        ValueError: The table is malformed; names file and line.
    """
    with open(path, encoding='utf-8-sig', newline='') as file:
        lines = _csv_lines(file, path)
        header, _ = next(lines, ([], ''))
        if len(header) < 2:
            raise ValueError(f"{path}:1: the header is neither 'id,labels' nor an id and a column "
                             'a label')
        as_names = len(header) == 2 and header[1].strip().casefold() == 'labels'
        labels = [name.strip() for name in header[1:]]
        rows = Rows([], [], [], None if as_names else labels)
        for row, place in lines:
            if not row:
                continue
            if len(row) != len(header):
                raise ValueError(f'{place}: {len(row)} columns, the header has {len(header)}')
            cells = [cell.strip() for cell in row[1:]]
            if as_names:
                rows.samples.append([name.strip() for name in cells[0].split(separator) if name.strip()])
            else:
                wrong = [cell for cell in cells if cell not in ('0', '1')]
                if wrong:
                    raise ValueError(f'{place}: {wrong[0]!r} is neither 0 nor 1')
                rows.samples.append([label for label, cell in zip(labels, cells) if cell == '1'])
            rows.ids.append(row[0].strip())
            rows.where.append(place)
    return rows


class _Pairs(list):
    """A json object as it stands in the file: ``dict`` would drop a key that comes twice."""


def _places(path: Path, text: str, keys: Sequence[str]) -> List[str]:
    """``file:line`` of each key of an object, in the file's order; its number where it is escaped."""
    places, position, line = [], 0, 1
    for number, key in enumerate(keys):
        quoted = re.escape(json.dumps(key, ensure_ascii=False))
        found = re.compile(quoted + r'\s*:').search(text, position)
        if found is None:
            places.append(f'{path}: row {number}')
            continue
        newlines = text.count('\n', position, found.start())
        places.append(f'{path}:{line + newlines}')
        line += text.count('\n', position, found.end())
        position = found.end()
    return places


def json_rows(path: Path, key: str) -> Rows:
    """``[[name, ...], ...]``, ``{id: [name, ...], ...}`` or ``{"labels": [...], key: rows}``.

    Rows are lists of names or lists of N zeros and ones. Only the forms with ids name the samples; an id
    that comes twice is kept twice.

    Raises:
        ValueError: The table is malformed; names the file and the line or row.
    """
    text = path.read_text(encoding='utf-8-sig')
    try:
        content: Any = json.loads(text, object_pairs_hook=_Pairs)
    except ValueError as error:
        raise ValueError(f'{path} is not json: {error}') from error
    labels, outer = None, dict(content) if isinstance(content, _Pairs) else {}
    if 'labels' in outer and key in outer:
        labels, content = outer['labels'], outer[key]
    ids = [name for name, _ in content] if isinstance(content, _Pairs) else None
    rows = [row for _, row in content] if ids is not None else content
    if not isinstance(rows, list) or not all(type(row) is list for row in rows):
        raise ValueError(f"{path} holds no rows of labels: lists of names, or 'labels' and {key!r}")
    if ids is None:
        where = [f'{path}: row {number}' for number in range(len(rows))]
    else:
        where = _places(path, text, ids)
    if labels is not None:
        for number, row in enumerate(rows):
            if row and all(type(cell) is int for cell in row):
                if len(row) != len(labels) or set(row) - {0, 1}:
                    raise ValueError(f'{where[number]} is not {len(labels)} zeros and ones')
                rows[number] = [label for label, cell in zip(labels, row) if cell]
    for row, place in zip(rows, where):
        wrong = [name for name in row if not isinstance(name, str)]
        if wrong:
            raise ValueError(f'{place}: {wrong[0]!r} is not the name of a label')
    return Rows(ids, rows, where, labels)


def read_csv(path: Path, separator: str) -> Tuple[List[str], Matrix]:
    """Labels and targets of :func:`csv_rows`."""
    return _table(csv_rows(path, separator))


def read_json(path: Path, key: str) -> Tuple[List[str], Matrix]:
    """Labels and targets of :func:`json_rows`."""
    return _table(json_rows(path, key))


def read_npz(path: Path, key: str) -> Tuple[List[str], Matrix]:
    """``labels`` (or ``classes``), and the targets under ``key``.

    Targets are n x N, or n x ceil(N / 8) packed by ``np.packbits(axis=1)``, or CSR as
    ``<key>.indices`` and ``<key>.indptr``.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            names = [name for name in ('labels', 'classes') if name in file.files]
            if not names:
                raise ValueError("it has neither 'labels' nor 'classes'")
            labels = file[names[0]].tolist()
            if f'{key}.indptr' in file.files:
                return labels, targets_from_csr(file[f'{key}.indices'], file[f'{key}.indptr'], len(labels))
            if key not in file.files:
                raise ValueError(f'it has no {key!r}, but {", ".join(map(repr, file.files))}')
            targets = file[key]
    except (ValueError, BadZipFile, EOFError) as error:
        raise ValueError(f'{path} is not a table of labels: {error}') from error
    packed = (targets.ndim == 2 and targets.dtype == np.uint8 and targets.shape[1] != len(labels)
              and targets.shape[1] == -(-len(labels) // 8))
    if targets.ndim != 2 or (targets.shape[1] != len(labels) and not packed):
        raise ValueError(f'{path}: {key!r} has shape {targets.shape}; {len(labels)} labels need '
                         f'(n, {len(labels)})')
    return labels, targets_from_array(targets, len(labels), packed)


@TASK_UTILS.register_module()
class LabelTable:
    """Labels of samples from a ``.csv``, ``.json`` or ``.npz`` table.

    The forms are those of :func:`csv_rows`, :func:`json_rows` and :func:`read_npz`.

    Args:
        file: Path of the table.
        key: Where a json or npz file keeps the targets.
        separator: Between the names in a csv's ``labels`` column.
        classes: Names in any order. None: the table's own order, alphabetical where it has none.
        keep_unlabelled: Whether samples without any of the classes count.
    """

    def __init__(self, file: Union[str, os.PathLike], key: str = 'targets', separator: str = ';',
                 classes: Optional[Sequence[str]] = None, keep_unlabelled: bool = False) -> None:
        self.file = Path(file)
        if self.file.suffix not in ('.csv', '.json', '.npz'):
            raise ValueError(f'a label table is a .csv, .json or .npz file, got {str(file)!r}')
        self.key, self.separator = key, separator
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def load(self) -> Tuple[List[str], Matrix]:
        """Labels (N) and targets (n x N uint8).

        Raises:
            ValueError: The table is malformed; names the file and, where it has lines, the line.
        """
        if self.file.suffix == '.csv':
            labels, targets = read_csv(self.file, self.separator)
        else:
            read = read_json if self.file.suffix == '.json' else read_npz
            labels, targets = read(self.file, self.key)
        index_labels(labels)
        return select(labels, targets, self.classes, self.keep_unlabelled, str(self.file))
