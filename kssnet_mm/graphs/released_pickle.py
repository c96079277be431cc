"""Reads the pickles that ML-GCN and KSSNet were released with, without unpickling foreign objects."""
import os
import pickle
from typing import Any, Optional, Sequence, Union

import numpy as np

from .label_graph import LabelGraph
from .presets import PRESETS
from .provenance import describe_files
from .statistics import READINGS, read_statistics
from .sources.coco import COCO_CLASSES
from .sources.voc import VOC_CLASSES
from .superimpose import ks_graph, smooth, threshold

PathLike = Union[str, os.PathLike]

# Released files do not name their labels: ML-GCN sorts the names of both data sets.
ML_GCN_ORDERS = dict(coco=sorted(COCO_CLASSES), voc=sorted(VOC_CLASSES))


class _Dtype:
    """Stands for ``numpy.dtype`` while reading: a kind and size, and the byte order that follows."""
    __slots__ = ('code', 'order')

    def __init__(self, code: str) -> None:
        self.code, self.order = code, '='

    def __setstate__(self, state: tuple) -> None:
        self.order = state[1]

    def finish(self) -> np.dtype:
        dtype = np.dtype(self.code)
        if dtype.kind not in 'biuf':
            raise pickle.UnpicklingError(f'an array of {self.code!r}, which are not plain numbers')
        return dtype if self.order == '|' else dtype.newbyteorder(self.order)


def _as_bytes(data: Union[bytes, str]) -> bytes:
    # Python 2 wrote bytes as text; latin-1 is the encoding that gives each of them back.
    return data.encode('latin1') if isinstance(data, str) else bytes(data)


class _Array:
    """Stands for ``numpy.ndarray`` while reading: numpy never sees a state that the file made up."""
    __slots__ = ('state', )

    def __init__(self) -> None:
        self.state = None

    def __setstate__(self, state: tuple) -> None:
        self.state = state

    def finish(self) -> np.ndarray:
        _, shape, dtype, fortran, data = self.state
        dtype = dtype.finish()  # first: it refuses objects, whose data are no bytes
        array = np.frombuffer(_as_bytes(data), dtype=dtype)
        return array.reshape(shape, order='F' if fortran else 'C').copy()


class _Scalar:
    """Stands for a numpy scalar while reading."""
    __slots__ = ('dtype', 'data')

    def __init__(self, dtype: _Dtype, data: Union[bytes, str]) -> None:
        self.dtype, self.data = dtype, data

    def finish(self) -> np.generic:
        return np.frombuffer(_as_bytes(self.data), dtype=self.dtype.finish())[0]


class _Call:
    """A callable without state, so that the pickle's BUILD cannot change it for the next reader."""
    __slots__ = ('call', )

    def __init__(self, call) -> None:
        object.__setattr__(self, 'call', call)

    def __setattr__(self, name: str, value: Any) -> None:
        raise pickle.UnpicklingError(f'a pickle that changes {name!r} of what it calls')

    def __call__(self, *arguments):
        return self.call(*arguments)


def _encode(text: str, encoding: str = 'latin1') -> bytes:
    if encoding not in ('latin1', 'latin-1'):
        raise pickle.UnpicklingError(f'text in the encoding {encoding!r}')
    return text.encode('latin1')


def _from_buffer(data: bytes, dtype: _Dtype, shape: tuple, order: str = 'C') -> _Array:
    array = _Array()
    array.state = (1, shape, dtype, order == 'F', data)
    return array


STAND_INS = {
    # The form of pickle protocol 5.
    'numpy.core.numeric._frombuffer': _Call(_from_buffer),
    'numpy.core.multiarray._reconstruct': _Call(lambda *_: _Array()),
    'numpy.core.multiarray.scalar': _Call(_Scalar),
    'numpy.dtype': _Call(lambda code, *_: _Dtype(code)),
    # How pickle protocols 0 to 2 write bytes, and no bytes.
    '_codecs.encode': _Call(_encode),
    '__builtin__.bytes': _Call(lambda: b''),
    # Only an argument of _reconstruct, which does not look at it.
    'numpy.ndarray': 'numpy.ndarray',
}


class ArrayUnpickler(pickle.Unpickler):
    """Serves the few names that plain numpy arrays need, each by a stand-in, and refuses all others."""

    def find_class(self, module: str, name: str) -> Any:
        # numpy 2 renamed numpy.core to numpy._core.
        wanted = f'{module}.{name}'.replace('numpy._core.', 'numpy.core.')
        if wanted not in STAND_INS:
            raise pickle.UnpicklingError(f'it tried to load {module}.{name}; only numpy arrays are read')
        return STAND_INS[wanted]


def _finish(value: Any) -> Any:
    if isinstance(value, dict):
        return {_finish(key): _finish(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_finish(item) for item in value)
    if isinstance(value, (_Array, _Scalar)):
        return value.finish()
    if value is None or isinstance(value, (str, int, float, bool, bytes)):
        return value
    raise pickle.UnpicklingError(f'a {type(value).__name__} where an array was expected')


def read_array_pickle(path: PathLike) -> Any:
    """Numpy arrays of plain numbers, and dicts and lists of them, from a pickle of Python 2 or 3.

    Raises:
        ValueError: The file is no pickle, or holds anything else; names what it tried to load.
    """
    with open(path, 'rb') as file:
        try:
            return _finish(ArrayUnpickler(file, encoding='latin1').load())
        except MemoryError:
            raise
        # A broken pickle can raise nearly anything, from EOFError to struct.error.
        except Exception as error:
            raise ValueError(f'{os.fspath(path)} is refused: {error or type(error).__name__}') from error


def _embedding(path: PathLike) -> np.ndarray:
    array = read_array_pickle(path)
    if not isinstance(array, np.ndarray) or array.ndim != 2:
        raise ValueError(f'{os.fspath(path)} is refused: embeddings are one array of labels by features')
    return array


def import_released(file: PathLike,
                    labels: Sequence[str],
                    embedding_file: Optional[PathLike] = None,
                    reading: str = 'mlgcn',
                    t: float = 0.4,
                    p: float = 0.25,
                    preset: str = 'paper_coco') -> LabelGraph:
    """A label graph from released pickles.

    ML-GCN's files hold counts, ``adj`` (N x N) and ``nums`` (N): they become A_S by ``reading``, and A_KS
    without knowledge by ``preset``. KSSNet's holds the superimposed matrix of eq. 2: only its threshold
    and smoothing follow.

    Args:
        file: Pickle of the graph.
        labels: The N names in the order that the file was made with, which no released file records.
        embedding_file: Pickle of the N x F word vectors.
        reading: As in ``CooccurrenceGraph``, except ``'pmi'``: the files do not tell the number of samples.
        t: See ``CooccurrenceGraph``.
        p: See ``CooccurrenceGraph``.
        preset: One of ``PRESETS``.

    Raises:
        ValueError: A file is refused, or does not have the given number of labels.
    """
    if reading == 'pmi' or reading not in READINGS:
        raise ValueError(f'reading must be one of {sorted(set(READINGS) - {"pmi"})}, got {reading!r}')
    if preset not in PRESETS:
        raise ValueError(f'preset must be one of {sorted(PRESETS)}, got {preset!r}')
    values, content, statistical = PRESETS[preset], read_array_pickle(file), None
    matrix = content.get('adj') if isinstance(content, dict) else content
    if not isinstance(matrix, np.ndarray) or matrix.shape != (len(labels), ) * 2:
        shape = getattr(matrix, 'shape', type(matrix).__name__)
        raise ValueError(f'{os.fspath(file)} holds {shape}; {len(labels)} labels need a matrix of '
                         f'{(len(labels), ) * 2}')
    if isinstance(content, dict):
        numbers = np.asarray(content.get('nums'))
        if numbers.shape != (len(labels), ):
            raise ValueError(f"{os.fspath(file)} has no 'nums' of {len(labels)} labels")
        settings = dict(t=t, p=p) if reading.startswith('mlgcn') else {}
        statistical = read_statistics(matrix, numbers, 0, reading, **settings)
        adjacency = ks_graph(statistical, None, **values)
        imported = dict(kind='counts', reading=reading, preset=preset, **settings)
    else:
        adjacency = smooth(threshold(matrix, values['tau']), values['eta'])
        imported = dict(kind='superimposed', preset=preset)
    embedding = None if embedding_file is None else _embedding(embedding_file)
    meta = dict(imported=imported, files=describe_files(dict(files=[file, embedding_file])))
    return LabelGraph(list(labels), adjacency, statistical, None, embedding, meta)
