"""A label graph: labels with their two priors, the superimposed adjacency and the embeddings."""
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Optional, Sequence, Union

import numpy as np
from scipy import sparse

from kssnet_mm.utils.input_files import refusing
from kssnet_mm.utils.io import write_arrays
from kssnet_mm.utils.labels import index_labels, match_labels
from kssnet_mm.utils.npz_files import read_npz

Matrix = Union[np.ndarray, sparse.csr_array]

MATRICES = ('statistical', 'knowledge', 'adjacency')
# Arrays with a row a label.
ROWS = ('embedding', 'label_counts')
# N from which matrices are kept as CSR: below it a dense N x N float32 takes at most 16 MiB.
SPARSE_FROM = 2048


def as_matrix(matrix, name: str, num_labels: int) -> Matrix:
    """An N x N float32 array (or CSR array) that is finite and non-negative, or a ValueError."""
    matrix = (sparse.csr_array(matrix, dtype=np.float32)
              if sparse.issparse(matrix) else np.asarray(matrix, dtype=np.float32))
    if matrix.shape != (num_labels, num_labels):
        raise ValueError(f'{name} has shape {matrix.shape}; {num_labels} labels need '
                         f'{(num_labels, num_labels)}')
    values = matrix.data if sparse.issparse(matrix) else matrix
    if values.size and not (np.isfinite(values).all() and values.min() >= 0):
        raise ValueError(f'{name} has negative, infinite or NaN entries; an adjacency has weights >= 0')
    return matrix


@dataclass
class LabelGraph:
    """Labels, what is known about them, and the adjacency and embeddings that a GCN reads.

    Matrices are float32 arrays, or ``scipy.sparse.csr_array`` in graphs of many labels.

    Attributes:
        labels: N names.
        adjacency: A_KS of eq. 4, N x N. The GCN normalises it once more.
        statistical: A_S as its estimator gives it, not yet normalised, N x N, or None.
        knowledge: A_K of eq. 1, not yet normalised, N x N, or None.
        embedding: E(0), N x F float32, or None.
        label_counts: N x 2 int64: the samples that hold each label, and those of which it is known whether they
            do. None where nothing was counted.
        meta: What made the graph; json types only.
    """
    labels: List[str]
    adjacency: Matrix
    statistical: Optional[Matrix] = None
    knowledge: Optional[Matrix] = None
    embedding: Optional[np.ndarray] = None
    meta: dict = field(default_factory=dict)
    label_counts: Optional[np.ndarray] = None

    def __post_init__(self) -> None:
        self.labels = [str(label) for label in self.labels]
        index_labels(self.labels)
        for name in MATRICES:
            if getattr(self, name) is not None:
                setattr(self, name, as_matrix(getattr(self, name), name, self.num_labels))
        if self.adjacency is None:
            raise ValueError('a label graph needs an adjacency')
        if self.embedding is not None:
            embedding = np.asarray(self.embedding, dtype=np.float32)
            if embedding.ndim != 2 or len(embedding) != self.num_labels:
                raise ValueError(f'embedding has shape {embedding.shape}; {self.num_labels} labels '
                                 f'need ({self.num_labels}, F)')
            if not np.isfinite(embedding).all():
                raise ValueError('embedding has infinite or NaN entries')
            self.embedding = embedding
        if self.label_counts is not None:
            counts = np.asarray(self.label_counts, dtype=np.int64)
            if counts.shape != (self.num_labels, 2) or (counts[:, 0] < 0).any() or (counts[:, 0] > counts[:, 1]).any():
                raise ValueError(f'label_counts needs a row (held, known) with 0 <= held <= known for each of '
                                 f'{self.num_labels} labels')
            self.label_counts = counts

    def __repr__(self) -> str:
        parts = [f'num_labels={self.num_labels}', f'edges={self.num_edges}']
        if self.embedding is not None:
            parts.append(f'embedding={self.embedding.shape[1]}')
        return f'{type(self).__name__}({", ".join(parts)})'

    @property
    def num_labels(self) -> int:
        return len(self.labels)

    @property
    def frequencies(self) -> np.ndarray:
        """Share of the samples that hold each label, N float64 inside (0, 1).

        (held + 1/2) / (known + 1), so that no label is impossible or certain (Krichevsky and Trofimov, 1981).

        Raises:
            ValueError: The graph has no counts.
        """
        if self.label_counts is None:
            raise ValueError('the label graph does not say how often each label occurs: it has no statistical source, '
                             'or its file is of an earlier version (delete it to have it built again)')
        held, known = self.label_counts.T
        return (held + 0.5) / (known + 1)

    @property
    def num_edges(self) -> int:
        """Off-diagonal non-zero entries of the adjacency; an edge both ways counts twice."""
        diagonal = self.adjacency.diagonal()
        nonzero = (self.adjacency.count_nonzero()
                   if sparse.issparse(self.adjacency) else np.count_nonzero(self.adjacency))
        return int(nonzero - np.count_nonzero(diagonal))

    @property
    def isolated_labels(self) -> List[str]:
        """Labels without an edge to or from another one."""
        rows, columns = self.adjacency.nonzero()
        linked = np.zeros(self.num_labels, dtype=bool)
        linked[rows[rows != columns]] = linked[columns[rows != columns]] = True
        return [label for label, has_edge in zip(self.labels, linked) if not has_edge]

    def dense(self, name: str = 'adjacency') -> Optional[np.ndarray]:
        """A matrix as an N x N float32 array whatever its storage, None where the graph has none."""
        matrix = getattr(self, name)
        return matrix.toarray() if sparse.issparse(matrix) else matrix

    def reorder(self, labels: Sequence[str]) -> 'LabelGraph':
        """The same graph with its labels in the given order and spelling, matched by name.

        Raises:
            LabelMismatchError: The two lists of labels differ; names what is missing and what is over.
        """
        where = self.meta.get('file', 'the graph')
        order = match_labels(labels, self.labels, where=where)
        moved = {
            name: None if getattr(self, name) is None else getattr(self, name)[order][:, order]
            for name in MATRICES
        }
        rows = {name: None if getattr(self, name) is None else getattr(self, name)[order] for name in ROWS}
        return LabelGraph(list(labels), meta=dict(self.meta), **moved, **rows)

    def save(self, path: Union[str, os.PathLike]) -> None:
        """Write the graph as an ``.npz`` without pickles.

        Keys are ``labels``, ``statistical``, ``knowledge``, ``adjacency``, ``embedding``, ``label_counts`` and
        ``meta`` (json). A CSR matrix is stored as ``<name>.data``, ``.indices`` and ``.indptr``; what the graph
        does not have is left out. Readers never see a half-written file.
        """
        path = Path(path)
        if path.suffix != '.npz':
            raise ValueError(f'a label graph is an .npz file, got {str(path)!r}')
        arrays = dict(labels=np.array(self.labels, dtype=np.str_),
                      meta=np.array(json.dumps(self.meta, sort_keys=True)))
        for name in MATRICES + ROWS:
            value = getattr(self, name)
            if sparse.issparse(value):
                for part in ('data', 'indices', 'indptr'):
                    arrays[f'{name}.{part}'] = getattr(value, part)
            elif value is not None:
                arrays[name] = value
        write_arrays(path, **arrays)

    @classmethod
    def load(cls, path: Union[str, os.PathLike],
             labels: Optional[Sequence[str]] = None) -> 'LabelGraph':
        """Read a graph that :meth:`save` wrote; nothing in the file is ever unpickled.

        Args:
            path: The ``.npz`` file.
            labels: Order to bring the labels into; None keeps the file's.

        Raises:
            ValueError: The file is no label graph.
            LabelMismatchError: Its labels are not the given ones; names the differences.
        """
        arrays = read_npz(path, 'not a label graph')
        with refusing(os.fspath(path), 'not a label graph'):
            missing = [name for name in ('labels', 'meta') if name not in arrays]
            if missing:
                raise ValueError(f'it has no {" and no ".join(missing)}')
            names, meta = arrays['labels'], json.loads(str(arrays['meta']))
            if names.ndim != 1 or names.dtype.kind != 'U' or not isinstance(meta, dict):
                raise ValueError(f'labels must be a list of text and meta a table, got {names.dtype} {names.shape} and '
                                 f'a {type(meta).__name__}')
            content = {name: arrays.get(name) for name in ROWS}
            for name in MATRICES:
                content[name] = arrays.get(name)
                if f'{name}.data' in arrays:
                    parts = tuple(arrays[f'{name}.{part}'] for part in ('data', 'indices', 'indptr'))
                    content[name] = sparse.csr_array(parts, shape=(len(names), ) * 2)
                    content[name].check_format(full_check=True)  # scipy would read past its arrays later
            graph = cls(labels=names.tolist(), meta=meta, **content)
        return graph if labels is None else graph.reorder(labels)
