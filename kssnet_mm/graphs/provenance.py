"""What a graph was made from: settings as plain json, and whether the files that they name are still the same."""
import os
from collections import abc
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, List

import numpy as np

from kssnet_mm.utils.configs import type_name, with_named_types

from .source_files import LABELS, SourceFiles, digest, names_path, named_files


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
    value = with_named_types(value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return os.fspath(value) if isinstance(value, os.PathLike) else repr(value)


# Settings that do not change the graph.
WITHOUT_EFFECT = ('progress', )
# What a setting was called when a stored graph was built -> what it is called now.
RENAMED = dict(reading='estimator')
# Folders of a data set's media, by name.
PREFIX = 'data_prefix'


def comparable(settings: Any, key: str = '') -> Any:
    """``settings`` with every path cut to its last part, and without those that have no effect.

    A data folder may move between building a graph and using it; the graph stays the same.
    """
    settings = to_plain(settings)
    if isinstance(settings, dict):
        return {RENAMED.get(name, name): comparable(item, PREFIX if key == PREFIX else name)
                for name, item in settings.items() if name not in WITHOUT_EFFECT}
    if isinstance(settings, list):
        return [comparable(item, '' if key in LABELS else key) for item in settings]  # names, which are no paths
    if key == 'type' and isinstance(settings, str):
        return type_name(settings)  # a class may be named with its module, or not
    is_path = isinstance(settings, str) and (names_path(key) or key in (*LABELS, PREFIX))
    return Path(settings).name if is_path else settings


# Larger files, such as a dump or word vectors, are only hashed when a graph is built, because hashing them at every
# start would take too long. The largest annotations of COCO have 317 MiB.
HASHED_UP_TO = 400 << 20


def describe_files(settings: Any) -> List[dict]:
    """What :func:`named_files` finds: ``setting``, ``file`` (its name), ``bytes`` and ``sha256`` of each."""
    return [dict(setting=found.setting, file=found.name, bytes=found.bytes, sha256=digest(found))
            for found in named_files(to_plain(settings))]


def changed_files(settings: Any, described: List[dict]) -> List[str]:
    """``'name (setting)'`` of the files that are no longer what :func:`describe_files` wrote down.

    Files above 400 MiB are compared by their size alone.
    """
    # Graphs of older versions have the names of the files without their settings.
    known = {(entry.get('setting', ''), entry['file']): entry for entry in described}
    settings_then = {setting for setting, _ in known}

    def changed(found: SourceFiles) -> bool:
        entry = known.get((found.setting, found.name), known.get(('', found.name)))
        if entry is None:  # another file at the same place, where a config changed that names it
            return found.setting in settings_then
        return entry['bytes'] != found.bytes or (found.bytes <= HASHED_UP_TO and entry['sha256'] != digest(found))

    return [f'{found.name} ({found.setting})' for found in named_files(to_plain(settings)) if changed(found)]
