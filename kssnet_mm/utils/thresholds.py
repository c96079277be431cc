"""Decision thresholds: one number, one for each class, or a json file by class name."""
import json
import os
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from .input_files import refusing
from .io import few
from .labels import canonical_label, repeated
from .text_files import read_text


@dataclass(frozen=True)
class Thresholds:
    """Thresholds on probabilities, each between 0 and 1.

    Attributes:
        values: One number, a list in the order of the classes, or {class name: threshold}.
        source: What the user gave, for messages.
    """
    values: Union[float, List[float], Dict[str, float]]
    source: str

    @property
    def by_name(self) -> bool:
        """Whether the names of the classes are needed to use them."""
        return isinstance(self.values, dict)

    def check_number(self, num_classes: int) -> None:
        """Raise a ValueError if there are another number of thresholds than classes."""
        if not isinstance(self.values, float) and len(self.values) != num_classes:
            raise ValueError(f'{self.source} holds {len(self.values)} thresholds for {num_classes} classes')

    def for_classes(self, num_classes: int, classes: Optional[Sequence[str]] = None) -> Union[float, np.ndarray]:
        """The number, or a float64 array (N,) in the order of the classes.

        Args:
            num_classes: Number of labels, N.
            classes: N names, or None if they are not known.

        Raises:
            ValueError: The number of thresholds is not N, or there are thresholds by name and the classes have no
                names or other names. The order of names in the file has no meaning.
        """
        values = self.values
        if isinstance(values, float):
            return values
        if self.by_name:
            if classes is None:
                raise ValueError(f'{self.source} gives thresholds by class name, but the classes have no names here: '
                                 'name them, or give a list in the order of the classes')
            values = self._by_name(values, [str(name) for name in classes])
        self.check_number(num_classes)
        return np.array(values, dtype=np.float64)

    def _by_name(self, values: Dict[str, float], classes: List[str]) -> List[float]:
        for names, what in ((classes, 'classes'), (list(values), 'thresholds')):
            twice = repeated([canonical_label(name) for name in names])
            if twice:
                raise ValueError(f'{self.source} gives thresholds by class name, but {what} share a name: {few(twice)}')
        found, asked = {canonical_label(name): value for name, value in values.items()}, set(map(canonical_label, classes))
        missing = [name for name in classes if canonical_label(name) not in found]
        unknown = [name for name in values if canonical_label(name) not in asked]
        if missing or unknown:
            faults = [f'no threshold for {few(missing)}'] * bool(missing)
            faults += [f'thresholds for {few(unknown)}, which are no classes here'] * bool(unknown)
            raise ValueError(f'{self.source} has ' + ' and '.join(faults) + f' ({len(classes)} classes)')
        return [found[canonical_label(name)] for name in classes]


def read_thresholds(thr: Union[float, str, os.PathLike, Sequence[float], Dict[str, float]]) -> Thresholds:
    """Read thresholds from a setting.

    Args:
        thr: One number, a sequence of N, {class name: threshold}, or the path of a json file that holds
            one of the last two, under ``thresholds`` or bare; ``tools/analysis_tools/tune_thresholds.py``
            writes it.

    Raises:
        ValueError: A threshold that is no number between 0 and 1, or a file that is no such json; names
            the file and the threshold.
    """
    if isinstance(thr, (str, os.PathLike)):
        source, thr = os.fspath(thr), _read_json(os.fspath(thr))
    else:
        source = repr(thr)
    if isinstance(thr, dict):
        return Thresholds({name: _checked(value, source, name) for name, value in thr.items()}, source)
    if np.ndim(thr) == 0:
        return Thresholds(_checked(thr, source), source)
    return Thresholds([_checked(value, source) for value in thr], source)


def _checked(value: Any, source: str, name: Optional[str] = None) -> float:
    """The threshold as a float; NaN, text and bools are refused."""
    try:
        number = float('nan') if isinstance(value, (bool, str)) else float(value)
    except (TypeError, ValueError):
        number = float('nan')
    if not 0 <= number <= 1:
        of = '' if name is None else f' for {name!r}'
        raise ValueError(f'a threshold is a probability between 0 and 1, got {value!r}{of} in {source}')
    return number


def _unique_keys(pairs: List[Tuple[str, Any]]) -> dict:
    twice = repeated([key for key, _ in pairs])
    if twice:
        raise ValueError(f'{few(twice)} are in it more than once')
    return dict(pairs)


def _read_json(path: str) -> Union[dict, list]:
    with refusing(path, 'not a json file of thresholds'):
        content = json.loads(read_text(path), object_pairs_hook=_unique_keys)
    if isinstance(content, dict):
        content = content.get('thresholds', content)
    if not isinstance(content, (dict, list)) or not content:
        raise ValueError(f'{path} is not a json file of thresholds: expected {{class name: threshold}} or a list, '
                         f'got {str(content)[:50]!r}')
    return content
