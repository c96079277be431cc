"""What a graph was made from: settings as plain json and the files that they name."""
import hashlib
import os
from collections import abc
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, Iterator, List

import numpy as np


def to_plain(value: Any) -> Any:
    """``value`` in json's own types: mappings, lists, str, int, float, bool and None.

    Paths become text and anything unknown its ``repr``, because settings are kept to be read and compared.
    """
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, abc.Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (set, frozenset)):
        return sorted(map(to_plain, value), key=str)
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return os.fspath(value) if isinstance(value, os.PathLike) else repr(value)


# Settings that change how a graph is made, and nothing about it.
WITHOUT_EFFECT = ('cache', 'progress')


def _names_path(key: str) -> bool:
    return key in ('file', 'files', 'config', 'data_root', 'aliases') or key.endswith(('_file', '_files', '_root'))


def comparable(settings: Any, key: str = '') -> Any:
    """``settings`` with every path cut to its last part, and without those that have no effect.

    A data folder may move between building a graph and using it; the graph stays the same.
    """
    settings = to_plain(settings)
    if isinstance(settings, dict):
        return {name: comparable(item, name) for name, item in settings.items() if name not in WITHOUT_EFFECT}
    if isinstance(settings, list):
        return [comparable(item, key) for item in settings]
    return Path(settings).name if isinstance(settings, str) and _names_path(key) else settings


def named_files(settings: Any, key: str = '') -> Iterator[Path]:
    """The existing files that ``settings`` name, in their order."""
    settings = to_plain(settings)
    if isinstance(settings, dict):
        for name, item in settings.items():
            yield from named_files(item, name)
    elif isinstance(settings, list):
        for item in settings:
            yield from named_files(item, key)
    elif isinstance(settings, str) and _names_path(key) and Path(settings).is_file():
        yield Path(settings)


def describe_files(settings: Any) -> List[dict]:
    """Name, size in bytes and SHA-256 of every file that ``settings`` name."""
    described = []
    for path in dict.fromkeys(named_files(settings)):
        digest = hashlib.sha256()
        with open(path, 'rb') as file:
            for block in iter(lambda: file.read(1 << 20), b''):
                digest.update(block)
        described.append(dict(file=path.name, bytes=path.stat().st_size, sha256=digest.hexdigest()))
    return described


def changed_files(settings: Any, described: List[dict]) -> List[str]:
    """Names of files whose size is no longer the one that :func:`describe_files` wrote down.

    Sizes only: hashing a dump of several GB at every start would cost more than it finds.
    """
    sizes = {entry['file']: entry['bytes'] for entry in described}
    return [path.name for path in named_files(settings)
            if sizes.get(path.name, path.stat().st_size) != path.stat().st_size]
