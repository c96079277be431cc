"""Tables of samples and labels in npz."""
from typing import Any, Dict, List, Tuple

import numpy as np

from kssnet_mm.utils.input_files import refusing
from kssnet_mm.utils.io import PathLike, few
from kssnet_mm.utils.labels import repeated
from kssnet_mm.utils.npz_files import read_npz

from .label_cells import value_of


def read_arrays(path: PathLike, key: str = 'targets', unique: bool = True,
                unknown: str = 'ignore') -> Tuple[List[str], Dict[str, Any]]:
    """``labels`` (or ``classes``) of an npz, and what it keeps under ``key``.

    Args:
        path: The npz.
        key: Key of the targets.
        unique: Whether rows with the same id are refused, where the file has ids (``<key>_ids`` or ``ids``).
        unknown: What an entry below 0 is, in the words of ``TableSettings``.

    Returns:
        The labels, and ``array`` (n x N, above 0 where the sample holds the label, below 0 where that is unknown) and
        ``packed`` (whether ``np.packbits(axis=1)`` made it n x ceil(N / 8)), or ``indices`` and ``indptr`` of a CSR
        array.

    Raises:
        ValueError: It is no npz, has no such targets, names a row twice, or has entries below 0 although ``unknown`` is
            'error'; names the file.
    """
    what = 'not a table of labels'
    file = read_npz(path, what)
    with refusing(str(path), what):
        names = [name for name in ('labels', 'classes') if name in file]
        if not names:
            raise ValueError("it has neither 'labels' nor 'classes'")
        labels = file[names[0]].tolist()
        if file[names[0]].ndim != 1 or not all(isinstance(label, str) for label in labels):
            raise ValueError(f'{names[0]!r} must be a list of names')
        if len(names) > 1 and file[names[1]].tolist() != labels:
            raise ValueError("its 'labels' and 'classes' are not the same names in the same order")
        ids = next((file[name] for name in (f'{key}_ids', 'ids') if name in file), np.zeros(0))
        if f'{key}.indptr' in file:
            stored = {part: file[f'{key}.{part}'] for part in ('indices', 'indptr')}
            _check_ids(ids, len(stored['indptr']) - 1, unique)
            return labels, stored
        if key not in file:
            raise ValueError(f'it has no {key!r}, but {", ".join(map(repr, file))}')
        array = file[key]
    width = array.shape[1] if array.ndim == 2 else None
    packed = width != len(labels) and width == -(-len(labels) // 8) and array.dtype == np.uint8
    if width != len(labels) and not packed:
        raise ValueError(f'{path}: {key!r} has shape {array.shape}; {len(labels)} labels need (n, {len(labels)})')
    if array.dtype.kind not in 'biuf' or (array.dtype.kind == 'f' and np.isnan(array).any()):
        raise ValueError(f'{path}: {key!r} must be numbers, 1, 0 and -1 for unknown; it has '
                         f'{"NaN" if array.dtype.kind == "f" else array.dtype}')
    try:
        _check_ids(ids, len(array), unique)
        if unknown != 'ignore' and (array < 0).any():
            array = np.where(array < 0, value_of(unknown, f'an entry of {array.min()}', 'unknown'), array)
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from None
    return labels, dict(array=array, packed=packed)


def _check_ids(ids: np.ndarray, rows: int, unique: bool) -> None:
    twice = repeated(ids.tolist()) if unique and ids.shape == (rows, ) else []
    if twice:
        raise ValueError(f"several rows have one id: {few(twice)}; duplicates='keep' takes each for a sample of its "
                         'own')
