"""Features of samples with their labels, as a file and in memory."""
import math
import os
from dataclasses import dataclass
from typing import List, Optional, Tuple, Union

import numpy as np
from scipy import sparse

from kssnet_mm.utils.input_files import refusing
from kssnet_mm.utils.io import few
from kssnet_mm.utils.labels import index_labels, repeated
from kssnet_mm.utils.npz_files import check_room, read_npz

from .sample_names import KnownSamples


@dataclass
class FeatureTable:
    """Features and labels of n samples.

    Attributes:
        features: n x F float32.
        targets: n x N int8 of 1, 0 and -1 (not known).
        classes: N names.
        ids: n names of the samples, or None.
        paths: n files or folders of the samples, or None.
    """
    features: np.ndarray
    targets: np.ndarray
    classes: List[str]
    ids: Optional[List[str]] = None
    paths: Optional[List[str]] = None

    def __post_init__(self) -> None:
        index_labels(self.classes)
        if self.features.ndim != 2 or self.targets.shape != (len(self.features), len(self.classes)):
            raise ValueError(f'features {self.features.shape} and targets {self.targets.shape} do not fit '
                             f'{len(self.classes)} classes: n x F and n x N are needed')
        if not np.isfinite(self.features).all():
            raise ValueError('the features have infinite or NaN entries')

    def __len__(self) -> int:
        return len(self.features)

    def rows(self, index: np.ndarray) -> 'FeatureTable':
        """The samples at these positions."""
        ids, paths = (names and [names[i] for i in index] for names in (self.ids, self.paths))
        return FeatureTable(self.features[index], self.targets[index], self.classes, ids, paths)

    def names(self) -> Optional[List[str]]:
        """What other tables may call the samples: paths, and ids that are no part of them; None where unknown."""
        if self.paths is None:
            return self.ids
        own = [name for name, path in zip(self.ids or (), self.paths) if name not in KnownSamples([path])]
        return [*self.paths, *own]


def read_feature_table(path: Union[str, os.PathLike]) -> FeatureTable:
    """Read an ``.npz`` of features.

    ``features`` n x F, or a CSR matrix as ``indices``, ``indptr``, ``values`` and ``shape``; ``targets`` n x N or the
    same packed by ``np.packbits(axis=1)``; ``classes`` N names; optionally ``ids``. Nothing is unpickled.

    Raises:
        ValueError: The file is something else; names it and what it lacks.
    """
    what = 'no table of features'
    arrays = read_npz(path, what)
    with refusing(os.fspath(path), what):
        lacking = [name for name in ('targets', 'classes') if name not in arrays]
        if 'features' not in arrays:
            lacking += [name for name in ('indices', 'indptr', 'values', 'shape') if name not in arrays]
        if lacking:
            raise ValueError(f'it has no {" and no ".join(lacking)}')
        classes, targets = arrays['classes'].tolist(), arrays['targets']
        if targets.ndim == 2 and targets.dtype == np.uint8 and targets.shape[1] == -(-len(classes) // 8) \
                and targets.shape[1] != len(classes):
            targets = np.unpackbits(targets, axis=1, count=len(classes))
        if not np.isin(targets, (1, 0, -1)).all():
            other = targets[~np.isin(targets, (1, 0, -1))].flat[0]
            raise ValueError(f'its targets must be 1, 0 or -1 (not known), got {other!r}')
        features = arrays.get('features')
        if features is None:
            parts = arrays['values'], arrays['indices'], arrays['indptr']
            table = sparse.csr_array(parts, shape=tuple(arrays['shape'].tolist()))
            table.check_format(full_check=True)  # scipy would read past its arrays later
            check_room(4 * math.prod(table.shape), os.path.getsize(path), 'its features')
            features = table.toarray()
        ids = arrays['ids'].astype(str).tolist() if 'ids' in arrays else None
        return FeatureTable(features.astype(np.float32), targets.astype(np.int8), [str(c) for c in classes], ids)


def split_table(table: FeatureTable, test: int, seed: int = 0) -> Tuple[FeatureTable, FeatureTable]:
    """Set ``test`` samples aside, drawn by ``seed``; returns (the others, those).

    Raises:
        ValueError: ``test`` is none or all of them, or two samples have one id and could be on both sides.
    """
    twice = repeated(table.ids or ())
    if twice:
        raise ValueError(f'several samples have one id and could be training and test samples at once: {few(twice)}')
    if not 0 < test < len(table):
        raise ValueError(f'{test} of {len(table)} samples cannot be set aside for testing')
    order = np.random.default_rng(seed).permutation(len(table))
    return table.rows(order[test:]), table.rows(order[:test])
