"""Writing files as a whole, and shortening lists in messages."""
import errno
import json
import math
import os
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, Sequence, Union

import numpy as np

PathLike = Union[str, os.PathLike]
# Bytes of a file's name that leave room for the parts of a temporary one; file systems take 255.
LONGEST_NAME = 236


@contextmanager
def whole_file(path: PathLike) -> Iterator[str]:
    """A temporary name to write to, in the folder of ``path``; it is renamed to ``path`` if nothing is raised.

    A reader therefore never sees half a file. The name is unique, so that several processes or hosts may write the
    same file at once. Where ``path`` is a symbolic link, the file that it points to is written.

    Raises:
        OSError: Names ``path``, e.g. where the disk is full, or where something else than a file has the name, such as a
            FIFO or a device, which would be replaced.
    """
    path = os.fspath(path)
    target = os.path.realpath(path)
    if os.path.exists(target) and not os.path.isfile(target):
        kind, number = ('a folder', errno.EISDIR) if os.path.isdir(target) else ('no regular file', errno.EINVAL)
        raise OSError(number, f'this is {kind}, and a file is to be written', path)
    folder, name = os.path.split(target)
    os.makedirs(folder, exist_ok=True)
    if len(os.fsencode(name)) > LONGEST_NAME:
        name = name[:LONGEST_NAME // 8]
    temporary = os.path.join(folder, f'.{name}.{uuid.uuid4().hex[:12]}.part')
    try:
        yield temporary
        os.replace(temporary, target)
    except OSError as error:
        if error.errno is None or error.filename not in (None, temporary):
            raise  # about another file, which it names
        # a failed write names no file, a failed open names the temporary one
        raise OSError(error.errno, f'{error.strerror}; the file was not written', path) from error
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def write_atomically(path: PathLike, content: Union[bytes, str]) -> None:
    """Write bytes, or text as UTF-8.

    Bytes of a file's name that are no UTF-8 are written as ``\\udce9``, which in json is the name itself.
    """
    content = content.encode(errors='backslashreplace') if isinstance(content, str) else content
    with whole_file(path) as temporary:
        Path(temporary).write_bytes(content)


def write_numbers(path: PathLike, values: Dict[str, float]) -> None:
    """Write numbers by name as json. NaN, which json does not have, becomes null."""
    values = {name: None if math.isnan(value) else value for name, value in values.items()}
    write_atomically(path, json.dumps(values, indent=1, allow_nan=False))


def write_arrays(path: PathLike, **arrays: Any) -> None:
    """Write arrays by name as a compressed ``.npz``."""
    with whole_file(path) as temporary, open(temporary, 'wb') as stream:
        np.savez_compressed(stream, **arrays)


def listed(found: Sequence[str], most: int, separator: str = ', ') -> str:
    """The first entries, and how many more there are: ``a, b and 3 more``."""
    more = f' and {len(found) - most} more' if len(found) > most else ''
    return separator.join(found[:most]) + more


def few(names: Sequence[str], shown: int = 3) -> str:
    """The first names, quoted, and how many more there are."""
    return listed([repr(str(name)) for name in names], shown)
