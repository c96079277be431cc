"""Blocks of ConceptNet's assertions: which lines are whole, and which relate two concepts.

A line has five columns with tabs between them: the assertion, its relation (``/r/IsA``), its start and
end (``/c/en/dog/n/wn/animal``) and a json with ``weight``. One in ten lines of the dump has English at
both ends.
"""
import json
import math
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

BrokenLine = Tuple[int, str]
# The control characters of a block of whole lines are these, over and over.
CONTROLS = np.frombuffer(b'\t\t\t\t\n', dtype=np.uint8)


class Pair(NamedTuple):
    """A line whose two ends are concepts of the language.

    Attributes:
        start, end: Names without language and sense: ``dog`` of ``/c/en/dog/n/wn/animal``.
        piece: Where the line lies, for :func:`relation_and_details` and :func:`line_of`.
    """
    start: bytes
    end: bytes
    piece: int


def _is_whole(block: bytes, lines: int) -> bool:
    """Whether every line has five columns, a last one in braces, and UTF-8; a few passes in C."""
    codes = np.frombuffer(block, dtype=np.uint8)
    marks = np.flatnonzero(codes < 14)
    if marks.size != 5 * lines:
        return False
    if not (codes[marks].reshape(-1, 5) == CONTROLS).all():
        return False
    if (codes[marks[3::5] + 1] != ord('{')).any() or (codes[marks[4::5] - 1] != ord('}')).any():
        return False
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _fault(line: bytes) -> Optional[str]:
    columns = line.count(b'\t') + 1
    if columns != 5:
        return f'not five columns but {columns}'
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return f'not UTF-8 ({error.reason} at byte {error.start})'
    details = line[line.rindex(b'\t') + 1:]
    return None if details[:1] == b'{' and details[-1:] == b'}' else 'no json in the last column'


def whole_lines(first: int, block: bytes,
                lines: int) -> Tuple[bytes, Optional[Sequence[int]], List[BrokenLine]]:
    """The block without its broken lines.

    Args:
        first: Number of the block's first line.
        block: Whole lines.
        lines: How many.

    Returns:
        (block, numbers, broken): the lines that are whole; their numbers, None where they simply count
        up from ``first``; and (number, why) of each of the others.
    """
    if _is_whole(block, lines):
        return block, None, []
    kept, numbers, broken = [], [], []
    for number, line in enumerate(block.split(b'\n')[:-1], first):
        line = line.rstrip(b'\r')
        fault = _fault(line)
        if fault is None:
            kept.append(line)
            numbers.append(number)
        else:
            broken.append((number, fault))
    return b''.join(line + b'\n' for line in kept), numbers, broken


def pairs(pieces: Sequence[bytes]) -> Iterator[Pair]:
    """The lines with both ends in the language.

    Args:
        pieces: A block of whole lines, split at ``b'\\t/c/<language>/'``. A piece without a tab is then
            a start whose end begins the next piece, so most lines are never looked at one by one.
    """
    start = None
    for number, piece in enumerate(pieces):
        tab = piece.find(b'\t')
        if tab < 0:
            start = piece if number else None
        elif start is not None:
            slash = piece.find(b'/', 0, tab)
            yield Pair(start.partition(b'/')[0], piece[:tab if slash < 0 else slash], number)
            start = None


def relation_and_details(pieces: Sequence[bytes], pair: Pair) -> Tuple[bytes, bytes]:
    """A pair's relation without ``/r/``, and its json.

    Raises:
        ValueError: The second column is no relation.
    """
    before, piece = pieces[pair.piece - 2], pieces[pair.piece]
    relation = before[before.rfind(b'\t') + 1:]
    if not relation.startswith(b'/r/'):
        raise ValueError('no relation in the second column')
    begin = piece.find(b'\t') + 1
    return relation[3:], piece[begin:piece.index(b'\n', begin)]


def weight_of(details: bytes) -> float:
    """The weight in a line's json.

    Raises:
        ValueError: It is no json, or has no weight that is a finite number >= 0.
    """
    try:
        weight = json.loads(details)['weight']
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f'no json with a weight ({type(error).__name__}: {error})') from None
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not (0 <= weight < math.inf):
        raise ValueError(f'weight {weight!r} is not a finite number >= 0')
    return float(weight)


def line_of(pieces: Sequence[bytes], pair: Pair, first: int, numbers: Optional[Sequence[int]]) -> int:
    """The number of a pair's line, from what :func:`whole_lines` said about its block."""
    before = sum(piece.count(b'\n') for piece in pieces[:pair.piece])
    return first + before if numbers is None else numbers[before]
