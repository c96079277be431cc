"""Label rows beside the samples: a label table without the rows of training and test samples."""
import os
from typing import List, NamedTuple, Optional, Sequence

import numpy as np

from kssnet_mm.annotations.tables import TableSettings, read_samples
from kssnet_mm.graphs.sources import LabelTable
from kssnet_mm.utils.io import few
from kssnet_mm.utils.labels import match_labels
from kssnet_mm.utils.npz_files import read_npz

from .sample_names import KnownSamples


class LabelRows(NamedTuple):
    """Rows of a label table.

    Attributes:
        targets: n x N int8 of 1, 0 and -1, in the order of the classes.
        left_out: How many rows were those of training and test samples; -1 where nothing tells.
        note: The same as a sentence, with a warning where test labels may be among the rows.
    """
    targets: np.ndarray
    left_out: int
    note: str


def label_rows(path: str, key: str, classes: Sequence[str], names: Optional[Sequence[str]] = None) -> LabelRows:
    """The rows of a label table that belong to none of the known samples.

    Args:
        path: As ``LabelTable`` reads it.
        key: Of a json or npz table. The ids of an npz's rows stand under ``<key>_ids`` or ``ids``.
        classes: N names; the table may have others.
        names: Ids and paths of all training and test samples, see :class:`KnownSamples`.

    Raises:
        ValueError: The table is malformed or lacks a class.
    """
    labels, targets = LabelTable(path, key=key, keep_unlabelled=True).load()
    targets = targets[:, match_labels(classes, labels, subset=True, where=os.fspath(path))]
    targets = (targets.toarray() if hasattr(targets, 'toarray') else targets).astype(np.int8)
    own = _row_names(path, key, len(targets))
    if own is None or not names:
        whose = 'The label table has no ids' if own is None else 'The samples have no ids'
        return LabelRows(targets, -1, f'{whose} to match: make sure that the table holds no test sample.')
    known = KnownSamples(names)
    kept = np.array([name not in known for name in own], dtype=bool)
    left_out = int((~kept).sum())
    note = f'{left_out} rows of the label table are training or test samples and were left out.' if left_out else (
        f'WARNING: no row of the label table ({few(own)}) is named like a training or test sample ({few(names)}). If '
        'it holds them under other names, labels of test samples were counted, and gains of "rows" mean nothing.')
    return LabelRows(targets[kept], left_out, note)


def _row_names(path: str, key: str, rows: int) -> Optional[List[str]]:
    if not str(path).lower().endswith('.npz'):
        names = [sample.name for sample in read_samples(path, settings=TableSettings(key=key))[1]]
        return None if None in names else names
    keys = (f'{key}_ids', 'ids')
    arrays = read_npz(path, 'not a table of labels', keys)
    return next((arrays[name].astype(str).tolist() for name in keys
                 if name in arrays and arrays[name].shape == (rows, )), None)
