"""Reads the zip files of ``torch.save`` for torch below 2.6, without running what they contain.

There ``weights_only`` cannot be told what else to allow (``add_safe_globals`` is missing, or without effect on
what mmengine pickles), so that a runner's checkpoint could only be read with a free pickle. Newer versions of
torch do not need this module. The names below are those of the file format.
"""
import io
import pickle
import sys
import zipfile
from collections import OrderedDict
from typing import Any, BinaryIO, Callable, Dict

import numpy as np
import torch

from kssnet_mm.utils.safe_pickle import check_counts

STORAGES = dict(
    BFloat16Storage=torch.bfloat16, BoolStorage=torch.bool, ByteStorage=torch.uint8, CharStorage=torch.int8,
    ComplexDoubleStorage=torch.complex128, ComplexFloatStorage=torch.complex64, DoubleStorage=torch.float64,
    FloatStorage=torch.float32, HalfStorage=torch.float16, IntStorage=torch.int32, LongStorage=torch.int64,
    ShortStorage=torch.int16)


def load_archive(stream: BinaryIO, map_location='cpu') -> Any:
    """What ``torch.save`` wrote into a zip file.

    Args:
        stream: The file; its checksums have been compared.
        map_location: Device for the tensors; None and functions mean the CPU.

    Raises:
        Exception: Of nearly any kind, for a broken file; pickle.UnpicklingError for what is not allowed.
    """
    with zipfile.ZipFile(stream) as archive:
        pickles = [name for name in archive.namelist() if name.count('/') == 1 and name.endswith('/data.pkl')]
        if len(pickles) != 1:
            raise pickle.UnpicklingError('it has no data.pkl, or more than one')
        folder = pickles[0][:-len('data.pkl')]
        order = archive.read(f'{folder}byteorder') if f'{folder}byteorder' in archive.namelist() else None
        if order not in (None, sys.byteorder.encode()):
            raise pickle.UnpicklingError(f'it was written on a {order.decode()} endian machine')
        data = archive.read(pickles[0])
        check_counts(data)
        content = _TensorUnpickler(io.BytesIO(data), archive, folder).load()
    if isinstance(map_location, (str, torch.device)) and torch.device(map_location).type != 'cpu':
        content = _moved(content, torch.device(map_location))
    return content


class _TensorUnpickler(pickle.Unpickler):
    """Knows the names of tensors and of what mmengine's runner keeps, and nothing else.

    What a name stands for is made anew for each file: a pickle may set attributes of whatever it can name.
    """

    def __init__(self, data: BinaryIO, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(data, encoding='utf-8')
        self._archive, self._folder = archive, folder
        self._storages: Dict[str, torch.UntypedStorage] = {}
        self._allowed = _allowed()

    def find_class(self, module: str, name: str) -> Any:
        module = 'builtins' if module == '__builtin__' else module  # protocol 2 writes Python 2's name
        if module == 'torch' and name in STORAGES:
            return STORAGES[name]
        found = getattr(torch, name, None) if module == 'torch' and '.' not in name else None
        if isinstance(found, torch.dtype):
            return found
        if f'{module}.{name}' not in self._allowed:
            raise pickle.UnpicklingError(f'{module}.{name} is not allowed')
        return self._allowed[f'{module}.{name}']

    def persistent_load(self, pid: Any):
        """A record of the archive as (storage, dtype)."""
        kind, dtype, key, _, length = pid
        if kind != 'storage' or not isinstance(dtype, torch.dtype) or not isinstance(key, str):
            raise pickle.UnpicklingError('a part that is no storage of numbers')
        if key not in self._storages:
            data = bytearray(self._archive.read(f'{self._folder}data/{key}'))
            # frombuffer refuses an empty buffer
            self._storages[key] = (torch.frombuffer(data, dtype=torch.uint8).untyped_storage() if data else
                                   torch.empty(0, dtype=torch.uint8).untyped_storage())
        storage = self._storages[key]
        if storage.nbytes() != length * torch.empty(0, dtype=dtype).element_size():
            raise pickle.UnpicklingError(f'record data/{key} does not have the announced size')
        return storage, dtype


def _allowed() -> Dict[str, Callable]:
    """Functions by the names that they have in the files."""
    from mmengine.logging import HistoryBuffer

    from kssnet_mm.compat import statistics_method
    try:
        from numpy._core import multiarray
    except ImportError:  # numpy < 2
        from numpy.core import multiarray

    class Closed(type):
        """Classes whose attributes a pickle cannot set."""

        def __setattr__(cls, name, value):
            raise pickle.UnpicklingError('an attribute of a class is set')

    class History(metaclass=Closed):

        def __new__(cls):
            return HistoryBuffer.__new__(HistoryBuffer)

    allowed = {
        'builtins.getattr': lambda owner, name: statistics_method(HistoryBuffer if owner is History else owner, name),
        '_codecs.encode': lambda text, _: text.encode('latin1'),  # bytes are written so in protocol 2
        'builtins.bytes': lambda: b'',
        'builtins.set': lambda items=(): set(items),
        'collections.OrderedDict': OrderedDict,
        'mmengine.logging.history_buffer.HistoryBuffer': History,
        'numpy.dtype': np.dtype,
        'numpy.ndarray': np.ndarray,
        'torch.Size': torch.Size,
        'torch.device': lambda *args: torch.device(*args),
        'torch._utils._rebuild_tensor': lambda storage, offset, size, stride: _tensor(storage, offset, size, stride),
        'torch._utils._rebuild_tensor_v2': lambda storage, offset, size, stride, grad, *_: _tensor(
            storage, offset, size, stride).requires_grad_(grad),
        'torch._utils._rebuild_parameter': lambda data, grad, *_: torch.nn.Parameter(data, grad),
    }
    for module in ('numpy._core.multiarray', 'numpy.core.multiarray'):  # either numpy may have saved
        allowed[f'{module}._reconstruct'] = lambda *args: multiarray._reconstruct(*args)
        allowed[f'{module}.scalar'] = lambda *args: multiarray.scalar(*args)
    return allowed


def _tensor(storage, offset: int, size, stride) -> torch.Tensor:
    """A view into a storage, which must hold it: ``set_`` would make the storage longer."""
    storage, dtype = storage
    tensor = torch.empty(0, dtype=dtype)
    last = offset + sum((length - 1) * step for length, step in zip(size, stride)) if all(size) else offset - 1
    if len(size) != len(stride) or min((offset, *size, *stride)) < 0 or (
            last + 1) * tensor.element_size() > storage.nbytes():
        raise pickle.UnpicklingError('a tensor is larger than its storage')
    return tensor.set_(storage, offset, tuple(size), tuple(stride))


def _moved(content: Any, device: torch.device) -> Any:
    """The same content with its tensors on another device."""
    if isinstance(content, torch.Tensor):
        return content.to(device)
    if isinstance(content, dict):
        moved = type(content)((key, _moved(value, device)) for key, value in content.items())
        vars(moved).update(vars(content)) if isinstance(content, OrderedDict) else None
        return moved
    if isinstance(content, (list, tuple)) and type(content) in (list, tuple):
        return type(content)(_moved(value, device) for value in content)
    return content
