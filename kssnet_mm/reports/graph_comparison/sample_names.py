"""Whether two tables mean the same sample: ids, file names and paths of different spelling."""
import re
from collections import defaultdict
from typing import Sequence, Tuple

# '.jpg', '.JPEG', '.mp4', '.m2ts', but not the '.5' of an id 'v1.5'.
ENDING = re.compile(r'\.[a-z][a-z0-9]{1,4}$', re.IGNORECASE)


def name_parts(name: str) -> Tuple[str, ...]:
    """``'a/1.jpg'`` -> ``('a', '1')``: folders and file of a name, without the ending of a file."""
    return tuple(part for part in ENDING.sub('', name.replace('\\', '/')).split('/') if part not in ('', '.'))


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
