"""The label embeddings E(0) from a file with one vector for each label, as a text encoder makes them."""
import os
from typing import Sequence, Union

import numpy as np

from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.labels import match_labels
from kssnet_mm.utils.npz_files import read_npz

from .embeddings import unit

ARRAYS = ('labels', 'embedding')


@TASK_UTILS.register_module()
class LabelVectorEmbedding:
    """E(0) from an ``.npz`` with a vector for each label: ``labels`` (V,) of text and ``embedding`` (V, F) of numbers.

    Labels are matched by their whole names; case, underscores and surplus spaces do not count. The file may hold more
    labels, in any order. ``WordVectorEmbedding`` takes labels apart into words and concepts; this class does not, so
    that it fits what a text encoder says about a whole name, or about a sentence with the name in it.

    Args:
        file: The ``.npz``, read without pickles.
        normalize: Scale all rows to unit length.
    """

    def __init__(self, file: Union[str, os.PathLike], normalize: bool = False) -> None:
        self.file, self.normalize = file, normalize

    def build(self, labels: Sequence[str], concepts=None) -> np.ndarray:
        """float32 (N, F) for N label names; ``concepts`` are not used.

        Raises:
            ValueError: The file has other arrays, or values that are not finite.
            LabelMismatchError: It lacks some of the labels; names them.
        """
        archive = read_npz(self.file, 'no npz of label vectors')
        if not set(ARRAYS) <= set(archive):
            raise ValueError(f'{self.file} needs the arrays {ARRAYS}, it has {sorted(archive)}')
        names, vectors = (archive[name] for name in ARRAYS)
        if names.dtype.kind != 'U' or names.ndim != 1 or vectors.dtype.kind != 'f' or vectors.ndim != 2 \
                or len(names) != len(vectors):
            raise ValueError(f'{self.file}: labels must be (V,) of text and embedding (V, F) of floating point '
                             f'numbers, got {names.dtype} {names.shape} and {vectors.dtype} {vectors.shape}')
        rows = vectors[match_labels(labels, names.tolist(), subset=True, where=str(self.file))].astype(np.float32)
        if not np.isfinite(rows).all():
            raise ValueError(f'{self.file}: the embedding has infinite or NaN values')
        return np.stack([unit(row) for row in rows]) if self.normalize else rows
