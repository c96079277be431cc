"""Whether two tables mean the same sample: ids, file names and paths of different spelling."""
import os
from collections import defaultdict
from typing import Sequence, Tuple

from kssnet_mm.datasets.image_names import ENDINGS
from kssnet_mm.datasets.video import VIDEO_ENDINGS


def name_parts(name: str) -> Tuple[str, ...]:
    """``'a/1.jpg'`` -> ``('a', '1')``: folders and file of a name, without the ending of an image or video."""
    stem, ending = os.path.splitext(name.replace('\\', '/'))
    whole = stem if ending.lower() in (*ENDINGS, *VIDEO_ENDINGS) else stem + ending
    return tuple(part for part in whole.split('/') if part not in ('', '.'))


class KnownSamples:
    """Names of samples, among which others are looked up.

    Two names are one sample where the parts that both have are equal, from the last one on: ``1``, ``1.jpg`` and
    ``data/a/1.png`` are, ``a/1.jpg`` and ``b/1.jpg`` are not. A row that may be of a test sample is so found.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._by_last = defaultdict(set)
        for name in names:
            parts = name_parts(name)
            self._by_last[parts[-1:]].add(parts)

    def __contains__(self, name: str) -> bool:
        parts = name_parts(name)
        return any(all(a == b for a, b in zip(reversed(parts), reversed(known)))
                   for known in self._by_last.get(parts[-1:], ()))
