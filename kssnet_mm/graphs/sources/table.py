"""Labels of a plain table: csv, json or npz."""
import csv
import json
import os
from pathlib import Path
from typing import Any, List, Optional, Sequence, Tuple, Union
from zipfile import BadZipFile

import numpy as np
from scipy import sparse

from kssnet_mm.registry import TASK_UTILS

from ..label_graph import Matrix, index_labels
from .targets import select, targets_from_sets


def _from_sets(samples: Sequence[Sequence[str]], labels: Optional[Sequence[str]],
               where: Sequence[str]) -> Tuple[List[str], Matrix]:
    """A table from lists of names; labels in alphabetical order unless given."""
    if labels is None:
        labels = sorted({name for names in samples for name in names})
    position = {label: index for index, label in enumerate(labels)}
    for names, place in zip(samples, where):
        unknown = [name for name in names if name not in position]
        if unknown:
            raise ValueError(f'{place}: {unknown[0]!r} is not one of the labels')
    held = [{position[name] for name in names} for names in samples]
    return list(labels), targets_from_sets(held, len(labels))


def read_csv(path: Path, separator: str) -> Tuple[List[str], Matrix]:
    """``id,labels`` rows with names between separators, or ``id,<label>,<label>,...`` rows of 0 and 1."""
    with open(path, encoding='utf-8-sig', newline='') as file:
        reader = csv.reader(file)
        header = next(reader, [])
        if len(header) < 2:
            raise ValueError(f"{path}:1: the header is neither 'id,labels' nor an id and a column a label")
        as_names = len(header) == 2 and header[1].strip().casefold() == 'labels'
        labels, samples, where = [name.strip() for name in header[1:]], [], []
        for row in reader:
            place = f'{path}:{reader.line_num}'
            if not row:
                continue
            if len(row) != len(header):
                raise ValueError(f'{place}: {len(row)} columns, the header has {len(header)}')
            cells = [cell.strip() for cell in row[1:]]
            if as_names:
                samples.append([name.strip() for name in cells[0].split(separator) if name.strip()])
            else:
                wrong = [cell for cell in cells if cell not in ('0', '1')]
                if wrong:
                    raise ValueError(f'{place}: {wrong[0]!r} is neither 0 nor 1')
                samples.append([label for label, cell in zip(labels, cells) if cell == '1'])
            where.append(place)
    return _from_sets(samples, None if as_names else labels, where)


def read_json(path: Path, key: str) -> Tuple[List[str], Matrix]:
    """``[[name, ...], ...]``, ``{id: [name, ...], ...}`` or ``{"labels": [...], key: rows}``.

    Rows are lists of names or lists of N zeros and ones.
    """
    try:
        content: Any = json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{path} is not json: {error}') from error
    labels = None
    if isinstance(content, dict) and 'labels' in content and key in content:
        labels, content = content['labels'], content[key]
    rows = list(content.values()) if isinstance(content, dict) else content
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ValueError(f"{path} holds no rows of labels: lists of names, or 'labels' and {key!r}")
    where = [f'{path}: row {number}' for number in range(len(rows))]
    if labels is not None:
        for number, row in enumerate(rows):
            if row and all(type(cell) is int for cell in row):
                if len(row) != len(labels) or set(row) - {0, 1}:
                    raise ValueError(f'{where[number]} is not {len(labels)} zeros and ones')
                rows[number] = [label for label, cell in zip(labels, row) if cell]
    return _from_sets(rows, labels, where)


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
                indices, indptr = file[f'{key}.indices'], file[f'{key}.indptr']
                targets = sparse.csr_array((np.ones(len(indices), dtype=np.uint8), indices, indptr),
                                           shape=(len(indptr) - 1, len(labels)))
                return labels, targets
            if key not in file.files:
                raise ValueError(f'it has no {key!r}, but {", ".join(map(repr, file.files))}')
            targets = file[key]
    except (ValueError, BadZipFile, EOFError) as error:
        raise ValueError(f'{path} is not a table of labels: {error}') from error
    if targets.ndim == 2 and targets.dtype == np.uint8 and targets.shape[1] != len(labels) and (
            targets.shape[1] == -(-len(labels) // 8)):
        targets = np.unpackbits(targets, axis=1, count=len(labels))
    if targets.ndim != 2 or targets.shape[1] != len(labels):
        raise ValueError(f'{path}: {key!r} has shape {targets.shape}; {len(labels)} labels need '
                         f'(n, {len(labels)})')
    return labels, (targets != 0).astype(np.uint8)


@TASK_UTILS.register_module()
class LabelTable:
    """Labels of samples from a ``.csv``, ``.json`` or ``.npz`` table.

    The forms are those of :func:`read_csv`, :func:`read_json` and :func:`read_npz`.

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
