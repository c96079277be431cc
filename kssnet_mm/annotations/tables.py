"""Plain tables of samples and labels: csv, json or npz."""
import warnings
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from kssnet_mm.utils.io import PathLike, few
from kssnet_mm.utils.labels import LabelMismatchError, canonical_label, index_labels

from .csv_tables import read_csv
from .faults import FaultHandler, raise_fault
from .json_tables import read_json
from .label_cells import by_policy
from .npz_tables import read_arrays
from .samples import Sample, TableSettings, UniqueSamples

__all__ = ['Sample', 'TableSettings', 'read_arrays', 'read_csv', 'read_json', 'read_samples']

ENDINGS = ('.csv', '.tsv', '.json')


def read_samples(path: PathLike, classes: Optional[Sequence[str]] = None, settings: Optional[TableSettings] = None,
                 names: bool = False, fault: FaultHandler = raise_fault) -> Tuple[Tuple[str, ...], List[Sample]]:
    """Classes, and samples with positions of labels; see :func:`read_csv` and :func:`read_json`.

    Args:
        path: The table, ``.csv``, ``.tsv`` or ``.json``.
        classes: Names in the order wanted. None: the table's own, alphabetical where it has none. A class for which
            a table with a column a label has no column is unknown in all samples, as an entry of -1 is.
        settings: How the table is to be understood.
        names: Whether each sample must have a name.
        fault: See ``kssnet_mm.annotations``. Rows without a name, if ``names``, rows with a repeated one, and labels
            that are not among the classes are left out.

    Raises:
        ValueError: The table is malformed, or ``fault`` raised.
    """
    path, settings = Path(path), settings or TableSettings()
    if path.suffix.lower() not in ENDINGS:
        raise ValueError(f'a table of samples and labels is a .csv or .json file, got {str(path)!r}')
    json = path.suffix.lower() == '.json'
    rows, own = read_json(path, settings) if json else read_csv(path, settings, classes)
    if names and any(row.name is None for row in rows):
        raise ValueError(f'{path} has rows without file names: use {{"file name": ["label", ...]}}')
    if classes is None:
        classes = own or sorted({label for row in rows for label in row.labels})
    try:
        position = index_labels(classes)
        index_labels(own or ())
    except LabelMismatchError as error:
        raise LabelMismatchError(f'{path}: {error}') from None
    for label in own or ():
        if canonical_label(label) not in position:
            hint = '' if json else f'; if it is no label: other_columns=[{label!r}]'
            fault('unknown label', f'{path}:1', f'the column {label!r} is not one of the classes{hint}')
    absent = _without_column(path, classes, own, settings, fault)
    unique = UniqueSamples(settings.duplicates, fault)
    for row in rows:
        if names and not row.name:
            fault('malformed row', row.where, 'the row has no file name')
            continue
        if unique.refuses(row):
            continue
        for label in row.labels:
            if canonical_label(label) not in position:
                fault('unknown label', row.where, f'{label!r} is not one of the classes')
        held, unknown = ({position[name] for name in map(canonical_label, found) if name in position}
                         for found in (row.labels, row.unknown))
        held, doubt = by_policy(held, absent - held, settings.unknown, row.where)
        unique.add(Sample(row.name, sorted(held), row.where, sorted(unknown | doubt)))
    return tuple(classes), unique.samples


def _without_column(path: Path, classes: Sequence[str], own: Optional[List[str]], settings: TableSettings,
                    fault: FaultHandler) -> set:
    """Positions of classes that a table with a column a label says nothing about."""
    there = set(map(canonical_label, own or ()))
    absent = [label for label in classes if own and canonical_label(label) not in there]
    if not absent or settings.unknown == 'negative':
        return set()
    text = f'there is no column of the class {few(absent)}'
    if settings.unknown == 'error':
        fault('class list mismatch', f'{path}:1', text)
        return set()
    what = 'held' if settings.unknown == 'positive' else 'unknown'
    warnings.warn(f'{path}:1: {text}: it is {what} in every sample', stacklevel=3)
    return {classes.index(label) for label in absent}
