"""Concepts that look like a label of which ConceptNet has no concept."""
import difflib
from collections import defaultdict
from typing import Dict, List, Sequence, Set

PREFIX = 3
# Bounds of memory (about 40 MB) and of time with a large label set that fits ConceptNet badly.
MOST_NAMES, MOST_LABELS = 300_000, 50


class Suggestions:
    """Collects concepts that begin with the same three letters as a word of some label, while a file is read.

    A typing error in the first three letters of a label therefore finds nothing.

    Args:
        forms: For each label, the concepts that it may be called, UTF-8.
    """

    def __init__(self, forms: Sequence[Sequence[bytes]]) -> None:
        self._names: Dict[bytes, Set[bytes]] = {
            word[:PREFIX]: set() for names in forms for name in names for word in name.split(b'_')
        }
        self._room = MOST_NAMES

    def offer(self, name: bytes) -> None:
        """Keep ``name`` if it begins like a word of some label."""
        names = self._names.get(name[:PREFIX])
        if names is not None and self._room and name not in names:
            names.add(name)
            self._room -= 1

    def report(self, unmatched: Dict[str, Sequence[bytes]]) -> Dict[str, List[str]]:
        """Up to three names that look like each label's, then words of it that are concepts themselves.

        Args:
            unmatched: Label -> the concepts that it may be called. Labels after the first 50 get no
                names.
        """
        found: Dict[str, List[str]] = defaultdict(list)
        for number, (label, names) in enumerate(unmatched.items()):
            found[label] = []
            if number >= MOST_LABELS or not names:
                continue
            name = names[0]
            near = {other.decode('utf-8', 'replace') for other in self._names.get(name[:PREFIX], ())}
            close = difflib.get_close_matches(name.decode(), sorted(near), n=3, cutoff=0.75)
            words = [word.decode() for word in name.split(b'_')
                     if len(word) > 2 and word in self._names.get(word[:PREFIX], ())]
            found[label] = list(dict.fromkeys(close + words))
        return dict(found)
