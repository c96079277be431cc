"""Tables of file names and labels, as the plain data sets need them."""
import os
from pathlib import Path
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple, Union

from kssnet_mm.graphs.label_graph import index_labels
from kssnet_mm.graphs.sources.class_list import read_class_list
from kssnet_mm.graphs.sources.table import csv_rows, json_rows

PathLike = Union[str, os.PathLike]


class Sample(NamedTuple):
    """One row: file name, sorted class indices, and where the row is (``file:line``)."""
    name: str
    label: List[int]
    where: str


def read_classes(classes: Union[PathLike, Sequence[str], None]) -> Optional[Tuple[str, ...]]:
    """Names out of a class list file or a sequence; None stays None.

    Raises:
        ValueError: The list is empty or has a name twice (also in another spelling of case).
    """
    if classes is None:
        return None
    names = read_class_list(classes) if isinstance(classes, (str, os.PathLike)) else list(classes)
    index_labels(names)
    return tuple(names)


def read_samples(file: PathLike, classes: Optional[Sequence[str]],
                 fault: Callable[[str, str, str], None], key: str = 'targets',
                 separator: str = ';') -> Tuple[Tuple[str, ...], List[Sample]]:
    """The rows of a csv or json table with ids, see ``csv_rows`` and ``json_rows``.

    Args:
        file: The table.
        classes: Names in the order wanted. None: the table's own, alphabetical where it has none.
        fault: Called with kind, place and message of each fault of a row; may raise. Rows with a
            repeated or empty name and labels that are not among the classes are then left out.
        key: Where a json file with ``labels`` keeps the rows.
        separator: Between the names in a csv's ``labels`` column.

    Returns:
        The classes and the samples.

    Raises:
        ValueError: The table is malformed, which ends the reading, or ``fault`` raised.
    """
    path = Path(file)
    if path.suffix not in ('.csv', '.json'):
        raise ValueError(f'a table of files and labels is a .csv or .json file, got {str(file)!r}')
    rows = csv_rows(path, separator) if path.suffix == '.csv' else json_rows(path, key)
    if rows.ids is None:
        raise ValueError(f'{path} has rows without file names: use {{"file name": ["label", ...]}}')
    if classes is None:
        classes = rows.labels or sorted({name for names in rows.samples for name in names})
    index_labels(classes)
    position, seen, samples = {name: i for i, name in enumerate(classes)}, {}, []
    for label in rows.labels or ():
        if label not in position:
            fault('unknown label', f'{path}:1', f'the column {label!r} is not one of the classes')
    for name, labels, where in zip(rows.ids, rows.samples, rows.where):
        if not name:
            fault('malformed row', where, 'the row has no file name')
            continue
        if name in seen:
            fault('duplicate id', where, f'{name!r} was already at {seen[name]}')
            continue
        seen[name] = where
        for label in labels:
            if label not in position:
                fault('unknown label', where, f'{label!r} is not one of the classes')
        samples.append(Sample(name, sorted({position[x] for x in labels if x in position}), where))
    return tuple(classes), samples
