"""Tables of samples and labels in csv: a column that lists labels, or a column a label."""
from itertools import compress
from typing import Iterator, List, Optional, Sequence, Tuple

from kssnet_mm.utils.io import PathLike, few
from kssnet_mm.utils.labels import repeated

from .csv_rows import csv_rows
from .samples import Sample, Table, TableSettings

# What separates the labels of a cell in other people's tables.
SEPARATORS = ('|', ';', ',')
# The cells of a row, and its place.
Row = Tuple[List[str], str]


def read_csv(path: PathLike, settings: Optional[TableSettings] = None,
             classes: Optional[Sequence[str]] = None) -> Table:
    """``file,labels`` rows with names between separators, or ``file,<label>,<label>,...`` rows of 1, 0 and -1.

    Args:
        path: The csv; a header comes first.
        settings: How it is to be understood.
        classes: What labels there may be, where that is known.

    Raises:
        ValueError: The table is malformed; names file and line.
    """
    settings = settings or TableSettings()
    delimiter = settings.delimiter or ('\t' if str(path).lower().endswith('.tsv') else None)
    lines = csv_rows(path, delimiter=delimiter)
    header, where = next(lines, ([], f'{path}:1'))
    header = [name.strip() for name in header]
    if len(header) < 2:
        how = "is neither 'id,labels' nor an id and a column a label" if header else 'is missing: the file is empty'
        raise ValueError(f'{where}: the header {how}')
    name = 0 if settings.name_column is None else _column(header, settings.name_column, 'name_column', where)
    labels = _labels_column(header, name, settings, classes, where)
    hint = '; labels stand in quotes where they hold the character between columns' * (labels is not None)
    rows = _whole(lines, len(header), hint)
    if labels is not None:
        return _of_lists(list(rows), name, labels, settings, classes), None
    return _of_columns(rows, header, name, settings, where)


def _whole(lines: Iterator[Row], columns: int, hint: str) -> Iterator[Row]:
    for row, place in lines:
        if len(row) != columns:
            raise ValueError(f'{place}: {len(row)} columns, the header has {columns}{hint}')
        yield row, place


def _column(header: List[str], column: str, setting: str, where: str) -> int:
    if header.count(column) != 1:
        how = 'twice' if column in header else 'not'
        raise ValueError(f'{where}: {setting}={column!r} is {how} among the columns {few(header, 10)}')
    return header.index(column)


def _labels_column(header: List[str], name: int, settings: TableSettings, classes: Optional[Sequence[str]],
                   where: str) -> Optional[int]:
    """Position of the column that lists the labels; None where every column is a label."""
    if settings.labels_column is not None:
        return _column(header, settings.labels_column, 'labels_column', where)
    found = [i for i, column in enumerate(header) if i != name and column.casefold() == 'labels']
    if not found:
        return None
    also = [column for i, column in enumerate(header) if i not in (name, *found) and column in set(classes or ())]
    if len(found) > 1 or also:
        others = [header[i] for i in found[1:]] + also
        raise ValueError(f'{where}: the column {header[found[0]]!r} lists labels, and {few(others)} are labels too: '
                         'say which counts by the setting labels_column')
    return found[0]


def _parts(cell: str, separator: str) -> List[str]:
    return [part.strip() for part in cell.split(separator) if part.strip()]


def _of_lists(rows: List[Row], name: int, labels: int, settings: TableSettings,
              classes: Optional[Sequence[str]]) -> List[Sample]:
    for cells, where in rows:
        if cells[labels].strip().startswith('[') and cells[labels].strip().endswith(']'):
            raise ValueError(f'{where}: {cells[labels]!r} is a list as Python prints it: write the names with '
                             f'{settings.separator!r} between them')
    samples = [Sample(cells[name].strip(), _parts(cells[labels], settings.separator), where) for cells, where in rows]
    if classes is None and not any(settings.separator in cells[labels] for cells, _ in rows):
        # without a list of classes 'cat|dog' would become a class
        for cells, where in rows:
            for other in SEPARATORS:
                if other != settings.separator and other in cells[labels]:
                    raise ValueError(f'{where}: {cells[labels]!r} holds {other!r}, and labels are separated by '
                                     f'{settings.separator!r}: set separator={other!r}; if this is one name, set a '
                                     'separator that no name holds')
    return samples


def _of_columns(rows: Iterator[Row], header: List[str], name: int, settings: TableSettings, where: str) -> Table:
    for column in settings.other_columns:
        _column(header, column, 'other_columns', where)
    skipped = {name, *(header.index(column) for column in settings.other_columns)}
    blank = [i for i, column in enumerate(header) if not column and i not in skipped]  # commas at the ends of lines
    columns = [i for i in range(len(header)) if i not in skipped and header[i]]
    labels, reader, samples = [header[i] for i in columns], settings.cells(), []
    if repeated(labels):
        raise ValueError(f'{where}: {few(repeated(labels))} is the name of several columns')
    for cells, place in rows:
        for i in blank:
            if cells[i].strip():
                raise ValueError(f'{place}: column {i + 1} holds {cells[i]!r} and has no name in the header')
        try:
            values = reader.values([cells[i] for i in columns])
        except ValueError:
            raise ValueError(_wrong_cell(cells, header, columns, settings, place)) from None
        unknown = [label for label, value in zip(labels, values) if value == -1] if -1 in values else []
        held = [label for label, value in zip(labels, values) if value == 1] if unknown else compress(labels, values)
        samples.append(Sample(cells[name].strip(), list(held), place, unknown))
    return samples, labels


def _wrong_cell(cells: List[str], header: List[str], columns: List[int], settings: TableSettings, place: str) -> str:
    """Which cell of a row is refused, and why."""
    for i in columns:
        try:
            settings.cells().values([cells[i]])
        except ValueError as error:
            column = header[i]
            hint = (f'; if {column!r} is no label: other_columns=[{column!r}], if it lists labels: '
                    f'labels_column={column!r}') * bool(cells[i].strip())
            return f'{place}: {error} (column {column!r}{hint})'
    raise AssertionError('no cell of the row is wrong')
