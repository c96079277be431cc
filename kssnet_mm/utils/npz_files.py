"""Reading ``.npz`` files that may be broken or hostile."""
import math
import os
import sys
import zipfile
from typing import BinaryIO, Dict, Optional, Sequence

import numpy as np

from .input_files import refusing, regular_file
from .io import PathLike, few

# A file may unpack to so many bytes, or to so many times its own size, whichever is more. Zeros shrink to a thousandth.
SMALL, RATIO = 256 << 20, 100


def check_room(size: int, file_size: int, what: str = 'its arrays') -> None:
    """Refuse to make more of a file than it can hold.

    Raises:
        ValueError: ``size`` bytes are more than ``SMALL`` and than ``RATIO`` times the file.
    """
    most = max(SMALL, RATIO * file_size)
    if size > most:
        raise ValueError(f'{what} would take {size:,} bytes, and a file of {file_size:,} may take {most:,}: if it is '
                         'sound, write it again without compression (numpy.savez)')


def read_npz(path: PathLike, what: str, names: Optional[Sequence[str]] = None) -> Dict[str, np.ndarray]:
    """Arrays by name. Nothing is unpickled, and sizes are compared with the file's before memory is taken.

    Args:
        path: The file.
        what: What is said of it where it is refused, as 'not a label graph'.
        names: Arrays to read, of those that are there. None: all.

    Raises:
        OSError: There is no such file, or it cannot be opened.
        ValueError: It is no whole ``.npz`` of plain arrays, or would take far more memory than the file; names it.
    """
    path = regular_file(path)
    with refusing(path, what), open(path, 'rb') as stream:
        size = stream.seek(0, os.SEEK_END)
        if not zipfile.is_zipfile(stream):
            raise ValueError('it is no whole .npz file, which is a zip' if size else 'the file is empty')
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if len(entries) < len(archive.infolist()) or not all(name.endswith('.npy') for name in entries):
                raise ValueError(f'an .npz file holds arrays of different names, and this one {few(list(entries))}')
            if names is not None:
                entries = {name: entry for name, entry in entries.items() if name[:-4] in names}
            check_room(sum(entry.file_size for entry in entries.values()), size)
            return {name[:-4]: _read_array(archive, entry) for name, entry in entries.items()}


def _read_array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    name = entry.filename[:-4]
    with archive.open(entry) as stream:
        shape, dtype = _header(stream)
        if dtype.hasobject:
            raise ValueError(f'{name!r} holds objects of Python, which are never unpickled')
        if math.prod(shape) * dtype.itemsize + stream.tell() != entry.file_size:
            raise ValueError(f'{name!r} is announced as {dtype} of shape {shape}, and has another size')
    with archive.open(entry) as stream:
        array = np.lib.format.read_array(stream, allow_pickle=False)
    if dtype.kind == 'U' and array.size:  # numpy takes any number for a character, and Python crashes over it later
        points = np.ascontiguousarray(array).reshape(-1).view(np.dtype(np.uint32).newbyteorder(dtype.byteorder))
        if points.max(initial=0) > sys.maxunicode:
            raise ValueError(f'{name!r} holds characters that no text has')
    return array


def _header(stream: BinaryIO) -> tuple:
    """Shape and type that an array announces."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f'an array of format {version}')
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    return shape, dtype
