"""Concepts that look like a label of which ConceptNet has no concept."""
import difflib
from typing import List, Sequence, Set

PREFIX = 3
# Bounds of memory (about 40 MB) and of time with a large label set that fits ConceptNet badly.
MOST_NAMES, MOST_LABELS = 300_000, 50


def beginnings(forms: Sequence[Sequence[bytes]]) -> Set[bytes]:
    """The first three letters of every word of every label.

    A typing error in the first three letters of a label therefore finds nothing.
    """
    return {word[:PREFIX] for names in forms for name in names for word in name.split(b'_')}


def suggest(names: Sequence[bytes], concepts: Set[bytes]) -> List[str]:
    """Up to three concepts that look like a label's first name, then words of it that are concepts themselves."""
    if not names:
        return []
    near = sorted(other.decode('utf-8', 'replace') for other in concepts if other.startswith(names[0][:PREFIX]))
    close = difflib.get_close_matches(names[0].decode(), near, n=3, cutoff=0.75)
    words = [word.decode() for word in names[0].split(b'_') if len(word) > 2 and word in concepts]
    return list(dict.fromkeys(close + words))
