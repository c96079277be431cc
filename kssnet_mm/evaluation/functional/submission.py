"""Charades' submission text files, as the official evaluation script reads them."""
import os
from typing import List, Sequence, Tuple

import numpy as np

from kssnet_mm.files import PathLike, whole_file


def write_submission(path: PathLike, ids: Sequence[str], scores: np.ndarray) -> None:
    """A video a line: its id and its N scores, between spaces; under a temporary name first."""
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
    with open(path, encoding='utf-8') as stream:
        for number, line in enumerate(stream, 1):
            parts = line.split()
            if not parts:
                continue
            where = f'{os.fspath(path)}:{number}'
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


def align_submission(ids: Sequence[str], scores: np.ndarray, wanted: Sequence[str]) -> Tuple[np.ndarray, int]:
    """Scores of the ``wanted`` ids in their order, and how many of them are missing.

    A missing video scores minus infinity everywhere, as in ``Charades_v1_classify.m``; ids that nobody
    wants are left out.
    """
    position = {name: i for i, name in enumerate(ids)}
    aligned = np.full((len(wanted), scores.shape[1]), -np.inf)
    found = [(i, position[name]) for i, name in enumerate(wanted) if name in position]
    if found:
        to, source = map(list, zip(*found))
        aligned[to] = scores[source]
    return aligned, len(wanted) - len(found)
