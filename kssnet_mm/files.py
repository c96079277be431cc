"""Files appear whole or not at all."""
import json
import math
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, Union

PathLike = Union[str, os.PathLike]


@contextmanager
def whole_file(path: PathLike) -> Iterator[str]:
    """A temporary name to write to, in the folder of ``path``; it becomes ``path`` if nothing is raised."""
    path = os.fspath(path)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    temporary = f'{path}.{os.getpid()}.tmp'
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)


def write_atomically(path: PathLike, content: Union[bytes, str]) -> None:
    """Write bytes, or text as UTF-8."""
    with whole_file(path) as temporary:
        Path(temporary).write_bytes(content.encode() if isinstance(content, str) else content)


def write_numbers(path: PathLike, values: Dict[str, float]) -> None:
    """Write numbers by name as json. It has no NaN: a mean of which nothing is left is null."""
    values = {name: None if math.isnan(value) else value for name, value in values.items()}
    write_atomically(path, json.dumps(values, indent=1, allow_nan=False))
