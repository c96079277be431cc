"""Reads pickles of plain data: dicts, lists, text, numbers, numpy arrays and torch tensors, and nothing else.

A pickle is a program that may call functions by their names. Here the few names that arrays and tensors need are
replaced by stand-ins, which only keep their arguments. Every other name is refused. The arrays are made from these
arguments after the pickle has ended, so that no file can set the state of an object of numpy or torch.
"""
import io
import math
import pickle
import pickletools
import warnings
from typing import Any, Callable, Dict, Union

import numpy as np

from .input_files import refusing, regular_file
from .io import PathLike

# Elements that a tensor may have beyond its storage's, whose values it then repeats.
REPEATED = 1 << 20


def _bytes(data: Union[bytes, str]) -> bytes:
    # Python 2 wrote bytes as text; latin-1 is the encoding that gives each of them back.
    return data.encode('latin1') if isinstance(data, str) else bytes(data)


class _Dtype:
    """Stands for ``numpy.dtype``: a kind and size, and the byte order that follows."""
    __slots__ = ('code', 'order')

    def __init__(self, code: str, *_: Any) -> None:
        self.code, self.order = code, '='

    def __setstate__(self, state: tuple) -> None:
        self.order = state[1]

    def finish(self) -> np.dtype:
        dtype = np.dtype(self.code)
        if dtype.kind not in 'biuf':
            raise pickle.UnpicklingError(f'an array of {self.code!r}, which are not plain numbers')
        return dtype if self.order == '|' else dtype.newbyteorder(self.order)


class _Array:
    """Stands for ``numpy.ndarray``: (version, shape, dtype, whether in Fortran order, data)."""
    __slots__ = ('state', )

    def __init__(self, *_: Any) -> None:
        self.state = None

    def __setstate__(self, state: tuple) -> None:
        self.state = state

    def finish(self) -> np.ndarray:
        _, shape, dtype, fortran, data = self.state
        dtype = dtype.finish()  # first: it refuses objects, whose data are no bytes
        return np.frombuffer(_bytes(data), dtype=dtype).reshape(shape, order='F' if fortran else 'C').copy()


def _array_from_buffer(data: bytes, dtype: _Dtype, shape: tuple, order: str = 'C') -> _Array:
    array = _Array()
    array.state = (1, shape, dtype, order == 'F', data)
    return array


class _Scalar:
    """Stands for a numpy scalar."""
    __slots__ = ('dtype', 'data')

    def __init__(self, dtype: _Dtype, data: Union[bytes, str]) -> None:
        self.dtype, self.data = dtype, data

    def finish(self) -> np.generic:
        return np.frombuffer(_bytes(self.data), dtype=self.dtype.finish())[0]


class _Storage:
    """Stands for a torch storage: its bytes."""
    __slots__ = ('data', )

    def __init__(self, data: bytes) -> None:
        self.data = data

    def finish(self) -> np.ndarray:
        import torch  # only needed for tensors

        # torch.load also reads zip and tar archives, for which weights_only is not safe in every version.
        if not self.data.startswith(pickle.dumps(torch.serialization.MAGIC_NUMBER, protocol=2)):
            raise pickle.UnpicklingError('a storage in another form than tensors are pickled in')
        with warnings.catch_warnings():  # torch warns of the class in which it stores tensors itself
            warnings.simplefilter('ignore')
            storage = torch.load(io.BytesIO(self.data), map_location='cpu', weights_only=True)
            if not isinstance(storage, torch.storage.TypedStorage):
                raise pickle.UnpicklingError(f'a {type(storage).__name__} where a storage was expected')
            tensor = torch.empty(0, dtype=storage.dtype).set_(storage)
        # numpy has no bfloat16
        return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()


class _Tensor:
    """Stands for a tensor: storage, offset, size, stride, and what numpy does not need."""
    __slots__ = ('parts', )

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def finish(self) -> np.ndarray:
        storage, offset, size, stride = self.parts[:4]
        if not isinstance(storage, _Storage):
            raise pickle.UnpicklingError('a tensor without a storage')
        values = storage.finish()
        last = offset + sum((n - 1) * step for n, step in zip(size, stride))
        if (len(size) != len(stride) or min(offset, *size, *stride, 0) < 0 or (all(size) and last >= len(values))
                or math.prod(size) > len(values) + REPEATED):
            raise pickle.UnpicklingError(f'a tensor of size {tuple(size)} beyond its storage of {len(values)}')
        steps = [step * values.itemsize for step in stride]
        return np.lib.stride_tricks.as_strided(values[offset:], tuple(size), steps).copy()


def _encode(text: str, encoding: str = 'latin1') -> bytes:
    if encoding not in ('latin1', 'latin-1'):
        raise pickle.UnpicklingError(f'text in the encoding {encoding!r}')
    return text.encode('latin1')


class _Call:
    """A callable without state, so that the pickle's BUILD cannot change it for the next reader."""
    __slots__ = ('call', )

    def __init__(self, call: Callable) -> None:
        object.__setattr__(self, 'call', call)

    def __setattr__(self, name: str, value: Any) -> None:
        raise pickle.UnpicklingError(f'a pickle that changes {name!r} of what it calls')

    def __call__(self, *arguments: Any) -> Any:
        return self.call(*arguments)


STAND_INS = {
    # Pickle protocol 5, and the others.
    'numpy.core.numeric._frombuffer': _Call(_array_from_buffer),
    'numpy.core.multiarray._reconstruct': _Call(_Array),
    'numpy.core.multiarray.scalar': _Call(_Scalar),
    'numpy.dtype': _Call(_Dtype),
    # Only an argument of _reconstruct, which ignores it.
    'numpy.ndarray': 'numpy.ndarray',
    # Bytes and empty bytes in the pickle protocols 0 to 2.
    '_codecs.encode': _Call(_encode),
    '__builtin__.bytes': _Call(lambda: b''),
    'torch.storage._load_from_bytes': _Call(_Storage),
    'torch._utils._rebuild_tensor_v2': _Call(_Tensor),
    # The hooks of a tensor, which are ignored.
    'collections.OrderedDict': _Call(lambda: {}),
}


class _Unpickler(pickle.Unpickler):

    def find_class(self, module: str, name: str) -> Any:
        # numpy 2 renamed numpy.core to numpy._core.
        wanted = f'{module}.{name}'.replace('numpy._core.', 'numpy.core.')
        if wanted not in STAND_INS:
            raise pickle.UnpicklingError(f'it tried to load {module}.{name}; only dicts, lists, text, numbers, arrays '
                                         'and tensors are read')
        return STAND_INS[wanted]


def check_counts(data: bytes) -> None:
    """Refuse a pickle with counts beyond its length, for which pickle would take the memory before it looks.

    Raises:
        ValueError: A part is longer than the rest, or a place to remember something has a number beyond all parts.
    """
    for code, argument, _ in pickletools.genops(data):
        if code.name in ('PUT', 'BINPUT', 'LONG_BINPUT') and argument > len(data):
            raise ValueError(f'it remembers something as number {argument}, and has {len(data)} bytes')


def _finish(value: Any, done: Dict[int, Any]) -> Any:
    """The value with arrays instead of the stand-ins; any other object is refused.

    Args:
        value: Of the pickle, which is kept while this runs.
        done: What was made of objects, by their ``id``: a pickle of a few bytes can name one object 2**100 times.
    """
    if value is None or isinstance(value, (str, int, float, bytes)):
        return value
    if id(value) in done:
        return done[id(value)]
    if isinstance(value, dict):
        made = {_finish(key, done): _finish(item, done) for key, item in value.items()}
    elif isinstance(value, (list, tuple)):
        made = type(value)(_finish(item, done) for item in value)
    elif isinstance(value, (_Array, _Scalar, _Tensor)):
        made = value.finish()
    else:
        raise pickle.UnpicklingError(f'a {type(value).__name__} where an array or a tensor was expected')
    done[id(value)] = made
    return made


def read_safe_pickle(path: PathLike) -> Any:
    """Plain data from a pickle of Python 2 or 3, with numpy arrays in place of tensors.

    Raises:
        ValueError: The file is no whole pickle, or holds anything else; names what it tried to load.
    """
    path = regular_file(path)
    with refusing(path, 'refused'), open(path, 'rb') as file:
        data = file.read()
        check_counts(data)
        return _finish(_Unpickler(io.BytesIO(data), encoding='latin1').load(), {})
