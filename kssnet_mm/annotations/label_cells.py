"""What a cell of a table says about one label: held, not held, or unknown."""
from typing import AbstractSet, Any, Dict, List, Sequence, Set, Tuple

# What becomes of entries that do not say whether the label is held.
POLICIES = ('error', 'ignore', 'negative', 'positive')
HELD, NOT_HELD, UNKNOWN = 1, 0, -1
_VALUES = dict(ignore=UNKNOWN, negative=NOT_HELD, positive=HELD)
_WORDS = {'true': HELD, 'false': NOT_HELD}


def check_policy(policy: str, name: str = 'unknown') -> None:
    """Raise a ValueError if a policy is none of those above."""
    if policy not in POLICIES:
        raise ValueError(f'{name} must be one of {", ".join(POLICIES)}, got {policy!r}')


def by_policy(held: Set[int], unknown: AbstractSet[int], policy: str, where: str) -> Tuple[Set[int], Set[int]]:
    """Positions of the labels that a sample holds and of those that are unknown, after a policy was applied.

    Args:
        held: Positions of those that it holds.
        unknown: Positions of those of which its source does not say so.
        policy: One of those above.
        where: The sample's place, for the error.

    Raises:
        ValueError: There are unknown ones and the policy is 'error'.
    """
    if not unknown or policy == 'ignore':
        return set(held), set(unknown)
    if policy == 'error':
        raise ValueError(f"{where}: of {len(unknown)} labels nobody says whether the sample holds them: "
                         "unknown='ignore' leaves them out of loss, metrics and statistics, unknown='negative' takes "
                         "them for not held")
    return set(held) | (set(unknown) if policy == 'positive' else set()), set()


def value_of(policy: str, what: str, name: str) -> int:
    """1, 0 or -1 of an entry that does not say whether the label is held.

    Args:
        policy: One of those above.
        what: The entry, for the error.
        name: Of the policy, for the error.

    Raises:
        ValueError: The policy is 'error'.
    """
    if policy == 'error':
        raise ValueError(f"{what} does not say whether the label is held: {name}='ignore' takes it for unknown, "
                         f"{name}='negative' for not held")
    return _VALUES[policy]


class LabelCells:
    """Reads cells by two named policies.

    Args:
        unknown: What an entry of -1 is. 'ignore': unknown, which losses, metrics and statistics leave out;
            'negative': not held; 'positive': held; 'error': it is refused.
        blank: What an empty cell (in json null) is, in the same words.

    Raises:
        ValueError: A policy is something else.
    """

    def __init__(self, unknown: str = 'ignore', blank: str = 'error') -> None:
        for name, policy in (('unknown', unknown), ('blank', blank)):
            check_policy(policy, name)
        self.policies = dict(unknown=unknown, blank=blank)
        # True, 1 and 1.0 are one key, and mean the same
        self._known: Dict[Any, int] = {}

    def values(self, cells: Sequence[Any]) -> List[int]:
        """1, 0 or -1 of each of ``1``, ``0.0``, ``True``, ``-1``, an empty cell, ...

        Raises:
            ValueError: A cell is something else, or its policy is 'error'; says so without the place.
        """
        known = self._known
        try:
            return [known[cell] for cell in cells]
        except KeyError:
            known.update((cell, self._value(cell)) for cell in cells if cell not in known)
        return [known[cell] for cell in cells]

    def _value(self, cell: Any) -> int:
        text = '' if cell is None else str(cell).strip().casefold()
        if not text:
            return self._by_policy('blank', 'an empty cell')
        if text in _WORDS:
            return _WORDS[text]
        try:
            number = float(text)
        except ValueError:
            number = None
        if number == -1:
            return self._by_policy('unknown', repr(cell))
        if number not in (0, 1):
            raise ValueError(f'{cell!r} is neither 0 nor 1, nor -1 for unknown')
        return int(number)

    def _by_policy(self, name: str, what: str) -> int:
        return value_of(self.policies[name], what, name)
