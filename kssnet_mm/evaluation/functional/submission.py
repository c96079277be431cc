"""Charades' submission text files, as the official evaluation script reads them."""
from typing import List, Sequence, Tuple

import numpy as np

from kssnet_mm.utils.io import PathLike, few, whole_file
from kssnet_mm.utils.labels import repeated
from kssnet_mm.utils.text_files import read_text

from .alignment import id_texts


def check_submission_ids(ids: Sequence[str]) -> None:
    """Raise ValueError for ids that cannot be read back from a submission, naming them.

    These are ids that come twice, empty ids, ids with blanks, which separate the columns, and ids that are no text.
    """
    twice = repeated(ids)
    if twice:
        raise ValueError(f'a submission has one line an id, these come more than once: {few(twice)}')
    blank = [name for name in ids if name.split() != [name]]
    if blank:
        raise ValueError(f'an id in a submission must be one word without blanks, not {few(blank)}')
    undecoded = [name for name in ids if name.encode(errors='ignore').decode() != name]  # names of files, as os.fsdecode
    if undecoded:
        raise ValueError(f'an id in a submission must be UTF-8, not {few(undecoded)}: rename the file')


def write_submission(path: PathLike, ids: Sequence[str], scores: np.ndarray) -> None:
    """Write one line for each video: its id and its N scores, separated by spaces.

    Args:
        path: The file to write.
        ids: n ids.
        scores: n x N.

    Raises:
        ValueError: Another number of ids than n, ids that :func:`check_submission_ids` refuses, or a NaN score.
    """
    ids = id_texts(ids)
    if len(ids) != len(scores):
        raise ValueError(f'{len(ids)} ids for {len(scores)} rows of scores')
    check_submission_ids(ids)
    lost = np.flatnonzero(np.isnan(scores).any(axis=1))
    if len(lost):
        raise ValueError(f'a score of {ids[lost[0]]!r} is NaN')
    with whole_file(path) as temporary, open(temporary, 'w', encoding='utf-8') as stream:
        for name, row in zip(ids, scores):
            stream.write(f'{name} ' + ' '.join(f'{value:.9g}' for value in row) + '\n')


def read_submission(path: PathLike, num_classes: int) -> Tuple[List[str], np.ndarray]:
    """Ids and scores (n x N) in the file's order.

    Raises:
        ValueError: A line has another number of scores, a score is no number or NaN, or an id comes twice;
            names file and line.
    """
    ids, rows, seen = [], [], {}
    for number, line in enumerate(read_text(path).split('\n'), 1):
        parts = line.split()
        if not parts:
            continue
        where = f'{path}:{number}'
        if len(parts) != num_classes + 1:
            raise ValueError(f'{where}: {len(parts) - 1} scores, {num_classes} classes')
        if parts[0] in seen:
            raise ValueError(f'{where}: id {parts[0]!r} was already on line {seen[parts[0]]}')
        seen[parts[0]] = number
        try:
            row = np.array(parts[1:], dtype=np.float64)
        except ValueError as error:
            raise ValueError(f'{where}: {error}') from None
        if np.isnan(row).any():
            raise ValueError(f'{where}: a score is NaN')
        ids.append(parts[0])
        rows.append(row)
    return ids, np.array(rows).reshape(len(rows), num_classes)
