"""What a config and a label table know beside the samples."""
import os
from typing import List, Optional, Sequence, Tuple

import numpy as np

from kssnet_mm.graphs.similarity import similarity
from kssnet_mm.graphs.sources import LabelTable
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.configs import type_name
from kssnet_mm.utils.labels import match_labels
from kssnet_mm.utils.npz_files import read_npz


def label_rows(path: str, key: str, classes: Sequence[str],
               ids: Optional[Sequence[str]] = None) -> Tuple[np.ndarray, int]:
    """Targets n x N of a label table, in the order of ``classes``, without the rows of known samples.

    Args:
        path: As ``LabelTable`` reads it.
        key: Of a json or npz table. The ids of an npz's rows stand under ``<key>_ids`` or ``ids``.
        classes: N names; the table may have others.
        ids: Of all training and test samples, whose rows are left out.

    Returns:
        The rows that are left, and how many were left out; -1 where the table has no ids to tell.

    Raises:
        ValueError: The table is malformed or lacks a class.
    """
    labels, targets = LabelTable(path, key=key, keep_unlabelled=True).load()
    targets = targets[:, match_labels(classes, labels, subset=True, where=os.fspath(path))]
    targets = targets.toarray() if hasattr(targets, 'toarray') else targets
    own = _row_ids(path, key, len(targets))
    if own is None or ids is None:
        return targets.astype(np.int8), -1
    known = set(ids)
    kept = np.array([name not in known for name in own], dtype=bool)
    return targets[kept].astype(np.int8), int((~kept).sum())


def _row_ids(path: str, key: str, rows: int) -> Optional[List[str]]:
    if not str(path).lower().endswith('.npz'):
        return None
    names = (f'{key}_ids', 'ids')
    arrays = read_npz(path, 'not a table of labels', names)
    return next((arrays[name].astype(str).tolist() for name in names
                 if name in arrays and arrays[name].shape == (rows, )), None)


def priors(builder: dict, classes: Sequence[str]) -> Tuple[Optional[np.ndarray], Optional[np.ndarray]]:
    """(similarity of word vectors, ConceptNet weights), N x N each, of a ``LabelGraphBuilder``'s config.

    None for what the config does not have.
    """
    labels, concepts = list(classes), None
    source = (builder.get('statistical') or {}).get('source')
    if source is not None:
        found = getattr(TASK_UTILS.build(dict(source)), 'concepts', lambda: None)()
        concepts = found and {label: found[label] for label in labels if label in found}
    vectors = conceptnet = None
    kind = type_name((builder.get('embedding') or {}).get('type', ''))
    if kind and kind != 'RandomEmbedding':
        embedding = TASK_UTILS.build(dict(builder['embedding'])).build(labels, concepts=concepts)
        vectors = similarity(embedding.astype(np.float64))
    if builder.get('knowledge'):
        matrix, _ = TASK_UTILS.build(dict(builder['knowledge'])).build(labels, concepts=concepts)
        conceptnet = np.asarray(matrix.toarray() if hasattr(matrix, 'toarray') else matrix, dtype=np.float64)
        if not conceptnet.any():
            conceptnet = None
    return vectors, conceptnet
