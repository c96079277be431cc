"""Reads what mmengine's DumpResults pickled, without unpickling foreign objects."""
import io
import os
import pickle
import warnings
from typing import Any, List

import numpy as np
import torch

from kssnet_mm.files import PathLike
from kssnet_mm.graphs.released_pickle import ArrayUnpickler

# A pickled storage holds bytes that begin so. torch.load also reads zip and tar archives, on ways that
# weights_only does not guard in every version of torch.
STORAGE_START = pickle.dumps(torch.serialization.MAGIC_NUMBER, protocol=2)


class _Storage:
    """Stands for a torch storage while reading: its bytes."""
    __slots__ = ('data', )

    def __init__(self, data: bytes) -> None:
        self.data = data

    def finish(self) -> np.ndarray:
        if not self.data.startswith(STORAGE_START):
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
    """Stands for a tensor while reading; nothing that the file says of it is believed before the end."""
    __slots__ = ('parts', )

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def finish(self) -> np.ndarray:
        storage, offset, size, stride = self.parts[:4]
        if not isinstance(storage, _Storage):
            raise pickle.UnpicklingError('a tensor without a storage')
        values = storage.finish()
        last = offset + sum((n - 1) * step for n, step in zip(size, stride))
        if len(size) != len(stride) or min(offset, *size, *stride, 0) < 0 or (all(size) and last >= len(values)):
            raise pickle.UnpicklingError(f'a tensor of size {tuple(size)} beyond its storage of {len(values)}')
        steps = [step * values.itemsize for step in stride]
        return np.lib.stride_tricks.as_strided(values[offset:], tuple(size), steps).copy()


class _Makes:
    """A callable without state of its own, so that the pickle's BUILD has nothing to change."""
    __slots__ = ()


class _MakesStorage(_Makes):
    __slots__ = ()

    def __call__(self, data: bytes) -> _Storage:
        return _Storage(data)


class _MakesTensor(_Makes):
    __slots__ = ()

    def __call__(self, *parts: Any) -> _Tensor:
        return _Tensor(*parts)


class _MakesDict(_Makes):
    __slots__ = ()

    def __call__(self) -> dict:
        return {}


STAND_INS = {
    'torch.storage._load_from_bytes': _MakesStorage(),
    'torch._utils._rebuild_tensor_v2': _MakesTensor(),
    # a tensor's hooks, of which a dump has none
    'collections.OrderedDict': _MakesDict(),
}


class ResultUnpickler(ArrayUnpickler):
    """Serves what tensors and numpy arrays need, each by a stand-in, and refuses every other name."""

    def find_class(self, module: str, name: str) -> Any:
        if f'{module}.{name}' in STAND_INS:
            return STAND_INS[f'{module}.{name}']
        try:
            return super().find_class(module, name)
        except pickle.UnpicklingError:
            raise pickle.UnpicklingError(f'it tried to load {module}.{name}; only dicts, lists, text, numbers, '
                                         'arrays and tensors are read') from None


def _finish(value: Any) -> Any:
    """The value with arrays in place of the stand-ins; whatever else came through is refused."""
    if isinstance(value, dict):
        return {_finish(key): _finish(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_finish(item) for item in value)
    if hasattr(value, 'finish'):
        value = value.finish()
    if value is None or isinstance(value, (str, int, float, bytes, np.ndarray, np.generic)):
        return value
    raise pickle.UnpicklingError(f'a {type(value).__name__} where an array or a tensor was expected')


def read_pickled_results(path: PathLike) -> List[dict]:
    """The samples that ``tools/test.py --out FILE.pkl`` (mmpretrain) or ``--dump`` (mmaction2) wrote.

    Returns:
        One dict a sample, with numpy arrays in place of tensors.

    Raises:
        ValueError: The file is no whole pickle of a list of dicts, or holds anything but dicts, lists,
            text, numbers, arrays and tensors; names what it tried to load.
    """
    path = os.fspath(path)
    with open(path, 'rb') as file:
        try:
            results = _finish(ResultUnpickler(file, encoding='latin1').load())
        except MemoryError:
            raise
        # A broken pickle can raise nearly anything, from EOFError to struct.error.
        except Exception as error:
            raise ValueError(f'{path} is refused: {error or type(error).__name__}') from error
    if not isinstance(results, list) or not results or not all(isinstance(item, dict) for item in results):
        raise ValueError(f"{path} holds no list of samples: mmpretrain's tools/test.py writes one with --out-item "
                         'pred, mmaction2\'s with --dump')
    return results
