"""Long lists in messages."""
from typing import Sequence


def listed(found: Sequence[str], most: int, separator: str = ', ') -> str:
    """The first entries, and how many more there are: ``a, b and 3 more``."""
    more = f' and {len(found) - most} more' if len(found) > most else ''
    return separator.join(found[:most]) + more
