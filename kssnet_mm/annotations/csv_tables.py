"""Tables of samples and labels in csv: a column that lists labels, or a column a label."""
from typing import List, Optional, Sequence

from kssnet_mm.utils.io import PathLike, few
from kssnet_mm.utils.labels import repeated

from .csv_rows import csv_rows
from .samples import Sample, Table, TableSettings

# What separates the labels of a cell in other people's tables.
SEPARATORS = ('|', ';', ',')


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
        raise ValueError(f"{where}: the header is neither 'id,labels' nor an id and a column a label")
    name = 0 if settings.name_column is None else _column(header, settings.name_column, 'name_column', where)
    labels = _labels_column(header, name, settings, classes, where)
    rows = []
    for row, place in lines:
        if len(row) != len(header):
            hint = '; labels stand in quotes where they hold the character between columns' * (labels is not None)
            raise ValueError(f'{place}: {len(row)} columns, the header has {len(header)}{hint}')
        rows.append(([cell.strip() for cell in row], place))
    if labels is not None:
        return _of_lists(rows, name, labels, settings, classes), None
    return _of_columns(rows, header, name, settings, where)


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


def _of_lists(rows: list, name: int, labels: int, settings: TableSettings,
              classes: Optional[Sequence[str]]) -> List[Sample]:
    samples = [Sample(cells[name], [part.strip() for part in cells[labels].split(settings.separator) if part.strip()],
                      where) for cells, where in rows]
    if classes is None and not any(settings.separator in cells[labels] for cells, _ in rows):
        # without a list of classes 'cat|dog' would become a class
        for cells, where in rows:
            for other in SEPARATORS:
                if other != settings.separator and other in cells[labels]:
                    raise ValueError(f'{where}: {cells[labels]!r} holds {other!r}, and labels are separated by '
                                     f'{settings.separator!r}: set separator={other!r}; if this is one name, set a '
                                     'separator that no name holds')
    return samples


def _of_columns(rows: list, header: List[str], name: int, settings: TableSettings, where: str) -> Table:
    for column in settings.other_columns:
        _column(header, column, 'other_columns', where)
    skipped = {name, *(header.index(column) for column in settings.other_columns)}
    for i, column in enumerate(header):
        if not column and i != name:  # a comma at the end of each line
            full = [f'{place}: column {i + 1} holds {cells[i]!r}' for cells, place in rows if cells[i]]
            if full:
                raise ValueError(f'{full[0]} and has no name in the header')
            skipped.add(i)
    columns = [i for i in range(len(header)) if i not in skipped]
    labels, reader, samples = [header[i] for i in columns], settings.cells(), []
    if repeated(labels):
        raise ValueError(f'{where}: {few(repeated(labels))} is the name of several columns')
    for cells, place in rows:
        try:
            values = reader.values([cells[i] for i in columns])
        except ValueError:
            raise ValueError(_wrong_cell(cells, header, columns, settings, place)) from None
        samples.append(Sample(cells[name], [label for label, value in zip(labels, values) if value == 1], place,
                              [label for label, value in zip(labels, values) if value == -1]))
    return samples, labels


def _wrong_cell(cells: List[str], header: List[str], columns: List[int], settings: TableSettings, place: str) -> str:
    """Which cell of a row is refused, and why."""
    for i in columns:
        try:
            settings.cells().values([cells[i]])
        except ValueError as error:
            hint = f'; if {header[i]!r} is no label: other_columns=[{header[i]!r}]' * bool(cells[i])
            return f'{place}: {error} (column {header[i]!r}{hint})'
    raise AssertionError('no cell of the row is wrong')
