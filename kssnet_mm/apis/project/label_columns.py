"""The file names and labels of somebody's table, whatever its columns are called."""
import ast
import re
from collections import Counter
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from kssnet_mm.annotations.csv_rows import csv_rows
from kssnet_mm.annotations.label_cells import HELD, NOT_HELD, UNKNOWN, LabelCells
from kssnet_mm.annotations.tables import TableSettings, read_samples
from kssnet_mm.utils.io import few

FILE_COLUMNS = ('file', 'filename', 'file_name', 'image', 'img', 'image_name', 'image_id', 'photo', 'picture', 'video',
                'video_id', 'clip', 'path', 'name', 'id')
LABEL_COLUMNS = ('labels', 'label', 'tags', 'tag', 'classes', 'class', 'categories', 'category', 'actions', 'action')
SEPARATORS = ';|,'
# Cells of a column of one label, in any case; -1: it is unknown whether a file holds the label. And those without any.
CELLS = {**dict.fromkeys(('1', '1.0', 'true', 'yes'), HELD), **dict.fromkeys(('0', '0.0', 'false', 'no'), NOT_HELD),
         **dict.fromkeys(('-1', '-1.0'), UNKNOWN)}
EMPTY = {'', 'nan'}
# Charades: 'c092 11.90 21.20', a label and the seconds from when to when.
TIMED = re.compile(r'(.*\S)\s+\d+(?:\.\d+)?\s+\d+(?:\.\d+)?$')


class LabelRows(NamedTuple):
    """A table as it was understood.

    Attributes:
        labels: File name or id -> its labels, in the order of the table.
        unknown: File name or id -> the labels of which the table does not know whether the file holds them.
        classes: All labels, in the order of the table's columns, or of the alphabet.
        said: How it was read, a sentence each.
    """
    labels: Dict[str, List[str]]
    unknown: Dict[str, Set[str]]
    classes: List[str]
    said: List[str]


def read_label_rows(path: Path, file_column: Optional[str] = None, label_column: Optional[str] = None,
                    separator: Optional[str] = None, blank: str = 'error') -> LabelRows:
    """Read a json table, or a csv whose columns are named or guessed.

    A csv has a column of file names and, beside it, either a column of labels or a column of 1, 0 and -1 (unknown) for
    each label. Rows of one file are joined. Times after a label, as in Charades, are left out.

    Args:
        path: The table.
        file_column: Name of the column of file names. None: a usual name, else the first column.
        label_column: Name of the column of labels. None: a usual name, else the columns of 0 and 1.
        separator: Between labels. None: the first of ``;|,`` that the column holds.
        blank: What an empty cell of a column of one label is, in the words of ``TableSettings``.

    Raises:
        ValueError: The table cannot be understood; names the file and says which option helps.
        OSError: The file cannot be read.
    """
    if path.suffix.lower() == '.json':
        classes, samples = read_samples(path, names=True, settings=TableSettings(blank=blank))
        return LabelRows({sample.name: [classes[i] for i in sample.labels] for sample in samples},
                         {sample.name: {classes[i] for i in sample.unknown} for sample in samples}, list(classes),
                         [f'{path} is a json table'])
    lines = list(csv_rows(path, delimiter=None))
    if len(lines) < 2:
        raise ValueError(f'{path} has no rows below its header')
    header = [name.strip() for name in lines[0][0]]
    if len(header) == 1:
        raise ValueError(f'{path} has the one column {header[0]!r}: put commas, tabs or semicolons between the columns')
    for row, where in lines[1:]:
        if len(row) != len(header):
            raise ValueError(f'{where}: {len(row)} columns, the header has {len(header)}: quote cells that hold a comma')
    cells = {name: [row[i].strip() for row, _ in lines[1:]] for i, name in enumerate(header)}
    if len(cells) < len(header):
        raise ValueError(f'{path} has the column {Counter(header).most_common(1)[0][0]!r} twice')
    file_column = _column(path, header, file_column, FILE_COLUMNS, '--file-column') or header[0]
    others = [name for name in header if name != file_column]
    asked = label_column
    label_column = _column(path, others, label_column, LABEL_COLUMNS, '--label-column')
    flags = [name for name in others if {cell.casefold() for cell in cells[name]} <= CELLS.keys() | EMPTY]
    if asked is None and label_column in flags and len(flags) > 1:
        label_column = None  # a label of this name, which has a column of 1 and 0 as the others have
    said = [f'{path} has the columns {few(header, 8)}', f'file names are in {file_column!r}']
    if label_column is not None:
        held, classes = _lists(cells[label_column], separator, said, label_column), None
        unknown = [[] for _ in held]
    else:
        held, unknown, classes = _flags(path, {name: [cell.casefold() for cell in cells[name]] for name in others},
                                        blank)
        passed = [name for name in others if name not in classes]
        said.append(f'{len(classes)} columns of 0 and 1 are the labels' +
                    (f'; {few(passed)} are left out' if passed else ''))
    return _joined(path, [where for _, where in lines[1:]], cells[file_column], held, unknown, classes, said)


def _column(path: Path, header: Sequence[str], asked: Optional[str], usual: Sequence[str], flag: str) -> Optional[str]:
    """The column that is asked for, or the first of the usual names that is there."""
    if asked is not None:
        if asked not in header:
            raise ValueError(f'{path} has no column {asked!r} for {flag}: it has {few(header, 8)}')
        return asked
    lower = {name.casefold().replace(' ', '_'): name for name in reversed(header)}
    return next((lower[name] for name in usual if name in lower), None)


def _lists(cells: Sequence[str], separator: Optional[str], said: List[str], column: str) -> List[List[str]]:
    """Cells of several labels taken apart; says how."""
    if any(cells) and all(cell.startswith('[') and cell.endswith(']') for cell in cells if cell):
        said.append(f'labels are in {column!r}, as lists as Python prints them')
        return [_python_list(cell, column) for cell in cells]
    if separator is None:
        separator = next((mark for mark in SEPARATORS if any(mark in cell for cell in cells)), ';')
    held = [[part.strip() for part in cell.split(separator) if part.strip()] for cell in cells]
    said.append(f'labels are in {column!r}, with {separator!r} between them')
    parts = [part for row in held for part in row]
    if parts and all(TIMED.match(part) for part in parts):
        held = [[TIMED.match(part).group(1) for part in row] for row in held]
        said.append('the times after the labels are left out')
    return held


def _python_list(cell: str, column: str) -> List[str]:
    """``"['cat', 'dog']"``, as pandas writes lists."""
    try:
        found = ast.literal_eval(cell or '[]')
        if not all(isinstance(label, str) for label in found):
            raise ValueError
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise ValueError(f'{cell!r} in the column {column!r} is no list of names in quotes: write the names with a '
                         'separator between them') from None
    return [label.strip() for label in found if label.strip()]


def _flags(path: Path, columns: Dict[str, List[str]],
           blank: str) -> Tuple[List[List[str]], List[List[str]], List[str]]:
    """The labels of each row by columns of 1, 0 and -1, those that are unknown, and the columns that some row holds."""
    values = {**CELLS, **dict.fromkeys(EMPTY)}
    read = {name: [values[cell] for cell in cells] for name, cells in columns.items() if set(cells) <= values.keys()}
    classes = [name for name, cells in read.items() if HELD in cells]
    if not classes:
        raise ValueError(f'{path} has no column of labels among {few(list(columns), 8)}, and none of 0 and 1: name it '
                         'by --label-column')
    gaps = [name for name in classes if None in read[name]]
    if gaps and blank == 'error':
        raise ValueError(f'{path}: the columns {few(gaps)} have empty cells: --blank negative takes them for 0, '
                         '--blank ignore for unknown')
    rows = [LabelCells(blank=blank).values(row) for row in zip(*(read[name] for name in classes))]
    held, unknown = ([[name for name, value in zip(classes, row) if value == wanted] for row in rows]
                     for wanted in (HELD, UNKNOWN))
    return held, unknown, classes


def _joined(path: Path, places: Sequence[str], files: Sequence[str], held: Sequence[List[str]],
            unknown: Sequence[List[str]], classes: Optional[List[str]], said: List[str]) -> LabelRows:
    """One entry a file: it holds what one of its rows holds, and unknown is what no row says anything about."""
    labels: Dict[str, List[str]] = {}
    doubts: Dict[str, Set[str]] = {}
    for file, row, doubt, where in zip(files, held, unknown, places):
        if not file:
            raise ValueError(f'{where}: the row has no file name')
        known = labels.setdefault(file, [])
        known.extend(label for label in dict.fromkeys(row) if label not in known)
        doubts[file] = doubts.get(file, set(doubt)) & set(doubt)
    if len(labels) < len(files):
        said.append(f'{len(files)} rows name {len(labels)} files: the labels of a file are joined')
    if classes is None:
        classes = sorted({label for row in labels.values() for label in row})
    if not classes:
        raise ValueError(f'{path} holds no label')
    return LabelRows(labels, {file: found - set(labels[file]) for file, found in doubts.items()}, classes, said)
