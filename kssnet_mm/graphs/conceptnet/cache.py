"""A compact file of all relations between a language's concepts, for other label sets."""
import json
import os
import tempfile
from array import array
from dataclasses import asdict
from pathlib import Path
from typing import Callable, Iterator, Tuple, Union
from zipfile import BadZipFile

import numpy as np

from .label_pairs import ConceptIndex, largest
from .scan import Scan, scan_assertions

FORMAT = 1
PathLike = Union[str, os.PathLike]


def write_cache(path: PathLike, file: PathLike, language: str, progress: bool = False) -> None:
    """Go through ``file`` once and keep, for each relation, the largest weight between any two concepts.

    The ``.npz`` holds ``concepts`` (V names in UTF-8 with newlines between, uint8), ``relations`` (R
    names), and by relation r the entries ``begin[r]`` to ``begin[r + 1]`` of ``start``, ``end`` (int32,
    numbers of concepts) and ``weight`` (float32); ``meta`` is a json about the pass. It is written to a
    temporary name and moved into place. Memory grows with the language's share of the file: V names in a
    table and 13 bytes an assertion.

    Raises:
        ValueError: ``file`` is truncated, damaged, empty or holds no assertion. Nothing is written.
    """
    path = Path(path)
    concepts, relations = {}, {}
    starts, ends, kinds, weights = array('i'), array('i'), array('H'), array('f')

    def take(pair, relation: bytes, weight: Callable[[], float]) -> bool:
        # Names first: a concept is known even where its line turns out to be broken.
        start = concepts.setdefault(pair.start, len(concepts))
        end = concepts.setdefault(pair.end, len(concepts))
        weights.append(weight())
        kinds.append(relations.setdefault(relation, len(relations)))
        starts.append(start)
        ends.append(end)
        return True

    scan = scan_assertions(file, language, lambda pair: bool(pair.start and pair.end), take, progress)
    names = np.frombuffer(b'\n'.join(concepts), dtype=np.uint8)
    count = len(concepts)
    del concepts
    # asarray is a view of an array.array, of an empty one too
    starts, ends, kinds, weights = map(np.asarray, (starts, ends, kinds, weights))
    parts, dtypes = [], (np.int32, np.int32, np.float32)
    for kind in range(len(relations)):
        # One relation at a time: sorting takes several times the memory of what is sorted.
        chosen = kinds == kind
        part = largest(starts[chosen], ends[chosen], weights[chosen], max(count, 1))
        parts.append([values.astype(dtype) for values, dtype in zip(part, dtypes)])
    begin = np.cumsum([0] + [len(part[0]) for part in parts], dtype=np.int64)
    start, end, weight = (_joined([part[k] for part in parts], dtype) for k, dtype in enumerate(dtypes))
    meta = dict(format=FORMAT, language=language, source=Path(file).name, size=os.path.getsize(file),
                scan=asdict(scan))
    _save(path, concepts=names, relations=np.array([r.decode() for r in relations], dtype=np.str_),
          begin=begin, start=start, end=end, weight=weight,
          meta=np.array(json.dumps(meta, sort_keys=True)))


def _joined(parts, kind) -> np.ndarray:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)


def _save(path: Path, **arrays: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(suffix='.part', prefix=f'.{path.name}.', dir=path.parent)
    try:
        with os.fdopen(handle, 'wb') as stream:
            np.savez_compressed(stream, **arrays)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(partial, 0o666 & ~umask)  # mkstemp made it private to its owner
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


class AssertionCache:
    """A file that :func:`write_cache` wrote.

    Args:
        path: The ``.npz``.
        file: The assertions that it should have been made from; not needed to exist any more.
        language: That it should be of.

    Raises:
        ValueError: It is no cache, or one of another file or language.
    """

    def __init__(self, path: PathLike, file: PathLike, language: str) -> None:
        try:
            with np.load(path, allow_pickle=False) as stored:
                self._arrays = {name: stored[name] for name in
                                ('concepts', 'relations', 'begin', 'start', 'end', 'weight')}
                meta = json.loads(str(stored['meta']))
            self.scan = Scan(**meta['scan'])
            wrong = [] if meta['format'] == FORMAT else [f'its format is {meta["format"]}']
            if meta['language'] != language:
                wrong.append(f'its language is {meta["language"]!r}, not {language!r}')
            if meta['source'] != Path(file).name:
                wrong.append(f'it was made from {meta["source"]}, not {Path(file).name}')
            elif os.path.exists(file) and os.path.getsize(file) != meta['size']:
                wrong.append(f'{Path(file).name} had {meta["size"]} bytes then and has '
                             f'{os.path.getsize(file)} now')
        except (KeyError, TypeError, ValueError, BadZipFile, EOFError) as error:
            raise ValueError(f'{os.fspath(path)!r} is no cache of assertions: {error}') from error
        if wrong:
            raise ValueError(f'{os.fspath(path)!r} does not serve: {"; ".join(wrong)}. Delete it to '
                             'have it made again, or name another one')

    def names(self) -> Iterator[bytes]:
        """The V concepts by number."""
        return iter(self._arrays['concepts'].tobytes().split(b'\n'))

    def select(self, index: ConceptIndex, numbers: np.ndarray,
               wanted: Callable[[str], bool]) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Starts, ends (numbers of ``index``) and weights of the assertions between its concepts.

        Args:
            index: The labels' concepts.
            numbers: (V,) the number in ``index`` of each concept of the cache, -1 for the others.
            wanted: Whether a relation counts, by its name.
        """
        kept = []
        for relation, low, high in zip(self._arrays['relations'].tolist(), self._arrays['begin'][:-1],
                                       self._arrays['begin'][1:]):
            if not wanted(relation):
                continue
            start, end = (numbers[self._arrays[name][low:high]] for name in ('start', 'end'))
            both = (start >= 0) & (end >= 0)
            kept.append((start[both], end[both], self._arrays['weight'][low:high][both]))
        return tuple(_joined([part[k] for part in kept], kind)
                     for k, kind in enumerate((np.int64, np.int64, np.float32)))
