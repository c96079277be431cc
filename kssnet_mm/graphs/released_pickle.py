"""Label graphs from the pickles that ML-GCN and KSSNet were released with."""
import os
from typing import Optional, Sequence

import numpy as np

from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.annotations.voc import VOC_CLASSES
from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.safe_pickle import read_safe_pickle

from .estimators import ESTIMATORS, estimate
from .label_graph import LabelGraph
from .presets import PRESETS
from .provenance import describe_files
from .superimpose import ks_graph, smooth, threshold

# Released files do not name their labels: ML-GCN sorts the names of both data sets.
ML_GCN_ORDERS = dict(coco=sorted(COCO_CLASSES), voc=sorted(VOC_CLASSES))


def _embedding(path: PathLike) -> np.ndarray:
    array = read_safe_pickle(path)
    if not isinstance(array, np.ndarray) or array.ndim != 2:
        raise ValueError(f'{os.fspath(path)} is refused: embeddings are one array of labels by features')
    return array


def import_released(file: PathLike,
                    labels: Sequence[str],
                    embedding_file: Optional[PathLike] = None,
                    estimator: str = 'mlgcn',
                    t: float = 0.4,
                    p: float = 0.25,
                    preset: str = 'paper_coco') -> LabelGraph:
    """A label graph from released pickles.

    ML-GCN's files hold counts, ``adj`` (N x N) and ``nums`` (N): they become A_S by ``estimator``, and A_KS
    without knowledge by ``preset``. KSSNet's holds the superimposed matrix of eq. 2: only its threshold
    and smoothing follow.

    Args:
        file: Pickle of the graph.
        labels: The N names in the order that the file was made with, which no released file records.
        embedding_file: Pickle of the N x F word vectors.
        estimator: As in ``CooccurrenceGraph``, except ``'pmi'``: the files do not tell the number of samples.
        t: See ``CooccurrenceGraph``.
        p: See ``CooccurrenceGraph``.
        preset: One of ``PRESETS``.

    Raises:
        ValueError: A file is refused, or does not have the given number of labels.
    """
    if estimator == 'pmi' or estimator not in ESTIMATORS:
        raise ValueError(f'estimator must be one of {sorted(set(ESTIMATORS) - {"pmi"})}, got {estimator!r}')
    if preset not in PRESETS:
        raise ValueError(f'preset must be one of {sorted(PRESETS)}, got {preset!r}')
    values, content, statistical = PRESETS[preset], read_safe_pickle(file), None
    matrix = content.get('adj') if isinstance(content, dict) else content
    if not isinstance(matrix, np.ndarray) or matrix.shape != (len(labels), ) * 2:
        shape = getattr(matrix, 'shape', type(matrix).__name__)
        raise ValueError(f'{os.fspath(file)} holds {shape}; {len(labels)} labels need a matrix of '
                         f'{(len(labels), ) * 2}')
    if isinstance(content, dict):
        numbers = np.asarray(content.get('nums'))
        if numbers.shape != (len(labels), ):
            raise ValueError(f"{os.fspath(file)} has no 'nums' of {len(labels)} labels")
        settings = dict(t=t, p=p) if estimator.startswith('mlgcn') else {}
        statistical = estimate(matrix, numbers, 0, estimator, **settings)
        adjacency = ks_graph(statistical, None, **values)
        imported = dict(kind='counts', estimator=estimator, preset=preset, **settings)
    else:
        adjacency = smooth(threshold(matrix, values['tau']), values['eta'])
        imported = dict(kind='superimposed', preset=preset)
    embedding = None if embedding_file is None else _embedding(embedding_file)
    meta = dict(imported=imported, files=describe_files(dict(files=[file, embedding_file])))
    return LabelGraph(list(labels), adjacency, statistical, None, embedding, meta)
