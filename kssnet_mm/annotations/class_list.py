"""Class lists: text files of one label a line."""
import os
import re
from typing import List, Optional, Sequence, Union

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.labels import check_places, index_labels, match_labels
from kssnet_mm.utils.text_files import read_text

# Charades numbers its classes, verbs and objects: 'c000 Holding some clothes'.
_NUMBERED = re.compile(r'[cvo]\d{3}\s+\S')


def read_class_list(path: PathLike) -> List[str]:
    """Labels of a class list, in its order, without blank lines.

    A file of which every line is numbered as in Charades gives the names without the numbers.

    Raises:
        ValueError: The file holds no label, or one twice; names the line.
    """
    lines = read_text(path).split('\n')
    labels = [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]
    if not labels:
        raise ValueError(f'{os.fspath(path)}: no label in this class list')
    if all(_NUMBERED.match(label) for _, label in labels):
        labels = [(number, label.split(maxsplit=1)[1]) for number, label in labels]
    first = {}
    for number, label in labels:
        if label in first:
            raise ValueError(f'{os.fspath(path)}:{number}: {label!r} was on line {first[label]} already')
        first[label] = number
    return [label for _, label in labels]


def class_names(classes: Union[PathLike, Sequence[str], None]) -> Optional[List[str]]:
    """Names from a sequence or from the path of a class list; None stays None.

    Raises:
        ValueError: The list is empty or has a name twice (also in another spelling of case).
    """
    if classes is None:
        return None
    names = read_class_list(classes) if isinstance(classes, (str, os.PathLike)) else [str(name) for name in classes]
    if not names:
        raise ValueError('the list of classes is empty')
    index_labels(names)
    return names


def column_names(own: Optional[Sequence[str]], classes: Union[PathLike, Sequence[str], None],
                 where: str) -> Optional[List[str]]:
    """Names of the columns of a file: its own, or those of a class list where it has none.

    Raises:
        LabelMismatchError: It has some, and those of the class list are others or stand in another order.
    """
    names = class_names(classes)
    if names is None or own is None:
        return names if own is None else [str(name) for name in own]
    own = [str(name) for name in own]
    match_labels(names, own, where=where)
    check_places(names, own, 'the class list', where)
    return own
