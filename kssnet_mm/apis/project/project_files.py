"""The files of a project: tables of samples, and a check that they are read as they are meant."""
import csv
import io
from pathlib import Path
from typing import Dict, List, Sequence

from kssnet_mm.annotations.class_list import read_class_list
from kssnet_mm.annotations.tables import Sample, read_samples
from kssnet_mm.utils.io import write_atomically

from ..configs import read_config

FILES = ('config.py', 'train.csv', 'val.csv', 'classes.txt')
SEPARATOR = ';'


def table_text(samples: Sequence[Sample], classes: Sequence[str], columns: bool) -> str:
    """A csv with a column that lists the labels, or with a column of 1, 0 and -1 (unknown) for each label.

    Args:
        samples: Their labels and unknown labels are positions among the classes.
        classes: N names.
        columns: Whether each label has a column.
    """
    if columns:
        rows = [('file', *classes)]
        rows += [(file, *(1 if i in held else -1 if i in unknown else 0 for i in range(len(classes))))
                 for file, held, _, unknown in samples]
    else:
        rows = [('file', 'labels')]
        rows += [(sample.name, SEPARATOR.join(classes[i] for i in sample.labels)) for sample in samples]
    stream = io.StringIO()
    csv.writer(stream, lineterminator='\n').writerows(rows)
    return stream.getvalue()


def write_project(folder: Path, texts: Dict[str, str], classes: List[str], parts: Dict[str, List[Sample]]) -> None:
    """Write the files and read them back as training will.

    Args:
        folder: Folder of the project.
        texts: Content of each of ``FILES``.
        classes: What ``classes.txt`` lists.
        parts: What each table holds.

    Raises:
        ValueError: They do not say the same when they are read; names what. Nothing stays written.
    """
    try:
        for name, text in texts.items():
            write_atomically(folder / name, text)
        if read_class_list(folder / 'classes.txt') != classes:
            raise ValueError('the labels cannot be written to a class list: remove numbers such as "c001 " from all '
                             'of them')
        for name, samples in parts.items():
            found = read_samples(folder / name, classes, names=True)[1]
            if [sample._replace(where='') for sample in found] != samples:
                raise ValueError(f'{name} would not be read as it is meant: give files and labels names in UTF-8 '
                                 'without blanks at their ends')
        read_config(folder / 'config.py')
    except BaseException:  # an interruption too
        for name in texts:
            (folder / name).unlink(missing_ok=True)
        raise
