"""The file names and labels of somebody's table, whatever its columns are called."""
import re
from collections import Counter
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from kssnet_mm.annotations.csv_rows import csv_rows
from kssnet_mm.annotations.tables import read_samples
from kssnet_mm.utils.io import few

FILE_COLUMNS = ('file', 'filename', 'file_name', 'image', 'img', 'image_name', 'image_id', 'photo', 'picture', 'video',
                'video_id', 'clip', 'path', 'name', 'id')
LABEL_COLUMNS = ('labels', 'label', 'tags', 'tag', 'classes', 'class', 'categories', 'category', 'actions', 'action')
SEPARATORS = ';|,'
# Cells of a column of one label, in any case; the others say that it is unknown whether a file holds the label.
HELD, NOT_HELD, UNKNOWN = {'1', '1.0', 'true', 'yes'}, {'0', '0.0', 'false', 'no'}, {'', '-1', '-1.0', 'nan'}
# Charades: 'c092 11.90 21.20', a label and the seconds from when to when.
TIMED = re.compile(r'(.*\S)\s+\d+(?:\.\d+)?\s+\d+(?:\.\d+)?$')


class LabelRows(NamedTuple):
    """A table as it was understood.

    Attributes:
        labels: File name or id -> its labels, in the order of the table.
        classes: All labels, in the order of the table's columns, or of the alphabet.
        said: How it was read, a sentence each.
    """
    labels: Dict[str, List[str]]
    classes: List[str]
    said: List[str]


def read_label_rows(path: Path, file_column: Optional[str] = None, label_column: Optional[str] = None,
                    separator: Optional[str] = None) -> LabelRows:
    """Read a json table, or a csv whose columns are named or guessed.

    A csv has a column of file names and, beside it, either a column of labels or a column of 0 and 1 for each label.
    Rows of one file are joined. Times after a label, as in Charades, are left out.

    Args:
        path: The table.
        file_column: Name of the column of file names. None: a usual name, else the first column.
        label_column: Name of the column of labels. None: a usual name, else the columns of 0 and 1.
        separator: Between labels. None: the first of ``;|,`` that the column holds.

    Raises:
        ValueError: The table cannot be understood; names the file and says which option helps.
        OSError: The file cannot be read.
    """
    if path.suffix == '.json':
        classes, samples = read_samples(path, names=True)
        return LabelRows({sample.name: [classes[i] for i in sample.labels] for sample in samples}, list(classes),
                         [f'{path} is a json table'])
    try:
        lines = list(csv_rows(path))
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is no text in UTF-8 ({error.reason}): save it as UTF-8') from error
    if len(lines) < 2:
        raise ValueError(f'{path} has no rows below its header')
    header = [name.strip() for name in lines[0][0]]
    if len(header) == 1:
        raise ValueError(f'{path} has the one column {header[0]!r}: put commas between the columns')
    for row, where in lines[1:]:
        if len(row) != len(header):
            raise ValueError(f'{where}: {len(row)} columns, the header has {len(header)}: quote cells that hold a comma')
    cells = {name: [row[i].strip() for row, _ in lines[1:]] for i, name in enumerate(header)}
    if len(cells) < len(header):
        raise ValueError(f'{path} has the column {Counter(header).most_common(1)[0][0]!r} twice')
    file_column = _column(path, header, file_column, FILE_COLUMNS, '--file-column') or header[0]
    others = [name for name in header if name != file_column]
    label_column = _column(path, others, label_column, LABEL_COLUMNS, '--label-column')
    said = [f'{path} has the columns {few(header, 8)}', f'file names are in {file_column!r}']
    if label_column is not None:
        held, classes = _lists(cells[label_column], separator, said, label_column), None
    else:
        held, classes = _flags(path, {name: [cell.casefold() for cell in cells[name]] for name in others})
        passed = [name for name in others if name not in classes]
        said.append(f'{len(classes)} columns of 0 and 1 are the labels' +
                    (f'; {few(passed)} are left out' if passed else ''))
    return _joined(path, [where for _, where in lines[1:]], cells[file_column], held, classes, said)


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
    if separator is None:
        separator = next((mark for mark in SEPARATORS if any(mark in cell for cell in cells)), ';')
    held = [[part.strip() for part in cell.split(separator) if part.strip()] for cell in cells]
    said.append(f'labels are in {column!r}, with {separator!r} between them')
    parts = [part for row in held for part in row]
    if parts and all(TIMED.match(part) for part in parts):
        held = [[TIMED.match(part).group(1) for part in row] for row in held]
        said.append('the times after the labels are left out')
    return held


def _flags(path: Path, columns: Dict[str, List[str]]) -> Tuple[List[List[str]], List[str]]:
    """The labels of each row by columns of 0 and 1, and the names of those columns that some row holds."""
    classes = [name for name, cells in columns.items()
               if set(cells) <= HELD | NOT_HELD | UNKNOWN and set(cells) & HELD]
    if not classes:
        raise ValueError(f'{path} has no column of labels among {few(list(columns), 8)}, and none of 0 and 1: name it '
                         'by --label-column')
    unknown = [name for name in classes if set(columns[name]) & UNKNOWN]
    if unknown:
        raise ValueError(f'{path}: the columns {few(unknown)} have entries of -1 or empty ones: write 0 or 1, or leave '
                         'such rows out')
    rows = range(len(columns[classes[0]]))
    return [[name for name in classes if columns[name][i] in HELD] for i in rows], classes


def _joined(path: Path, places: Sequence[str], files: Sequence[str], held: Sequence[List[str]],
            classes: Optional[List[str]], said: List[str]) -> LabelRows:
    """One entry a file."""
    labels: Dict[str, List[str]] = {}
    for file, row, where in zip(files, held, places):
        if not file:
            raise ValueError(f'{where}: the row has no file name')
        known = labels.setdefault(file, [])
        known.extend(label for label in dict.fromkeys(row) if label not in known)
    if len(labels) < len(files):
        said.append(f'{len(files)} rows name {len(labels)} files: the labels of a file are joined')
    if classes is None:
        classes = sorted({label for row in labels.values() for label in row})
    if not classes:
        raise ValueError(f'{path} holds no label')
    return LabelRows(labels, classes, said)
