"""The pass over an assertions file: every block once, and what it was worth."""
import os
import time
from dataclasses import dataclass, field
from typing import Callable, List, Union

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from ..line_blocks import LineBlocks
from .assertions import BrokenLine, Pair, line_of, pairs, relation_and_details, weight_of, whole_lines

FIRST_BROKEN = 5
EXPECTED = ("ConceptNet's assertions are lines of five columns with tabs between them, the last one a json with a "
            'weight, as in conceptnet-assertions-5.7.0.csv.gz: fetch that file, or correct the path')


@dataclass
class Scan:
    """What a pass over ``file`` met.

    Attributes:
        lines: Lines of the file.
        matches: Assertions that were taken.
        broken: Lines that could not be read.
        first_broken: ``file:line: why`` of the first few of them.
    """
    file: str
    lines: int = 0
    matches: int = 0
    broken: int = 0
    first_broken: List[str] = field(default_factory=list)

    def count_broken(self, broken: List[BrokenLine]) -> None:
        """Count lines, of which the first few are named."""
        self.broken += len(broken)
        self.first_broken += [f'{self.file}:{number}: {why}'
                              for number, why in broken[:FIRST_BROKEN - len(self.first_broken)]]

    def check(self) -> None:
        """Raise a ValueError if no line was whole: an error page of a server, say, is no dump."""
        if not self.lines:
            raise ValueError(f'{self.file} is empty. {EXPECTED}')
        if self.broken == self.lines:
            raise ValueError(f'{self.first_broken[0]}; not one of {self.lines:,} lines holds an assertion. {EXPECTED}')


def scan_assertions(file: Union[str, os.PathLike], language: str, wanted: Callable[[Pair], bool],
                    take: Callable[[Pair, bytes, Callable[[], float]], bool],
                    progress: bool = False) -> Scan:
    """Go through an assertions file once, in memory that does not grow with it.

    Of lines without both ends in the language, the columns, the UTF-8 and the braces of the json are
    checked; the json itself is read only where ``take`` asks for the weight.

    Args:
        file: Assertions, plain or .gz.
        language: Of both ends, as ``'en'``.
        wanted: Called for each :class:`Pair`; whether :func:`take` shall have it.
        take: Called with the pair, its relation and a function that reads its weight; whether it counts
            as a match.
        progress: Show a bar with lines, rate and matches.

    Raises:
        ValueError: A compressed file is truncated or damaged (names the last good line); the file is empty, or
            every line of it is broken.
    """
    blocks, marker = LineBlocks(file), f'\t/c/{language}/'.encode()
    scan, begin = Scan(str(file)), time.monotonic()
    columns = (TextColumn('{task.description}'), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not progress, transient=True) as bar:
        task = bar.add_task('ConceptNet', total=blocks.size)
        for count, (first, block) in enumerate(blocks):
            block, numbers, broken = whole_lines(first, block, blocks.lines - first + 1)
            pieces = block.split(marker)
            for pair in pairs(pieces):
                if not wanted(pair):
                    continue
                try:
                    relation, details = relation_and_details(pieces, pair)
                    scan.matches += take(pair, relation, lambda: weight_of(details))
                except ValueError as error:
                    broken.append((line_of(pieces, pair, first, numbers), str(error)))
            if broken:
                scan.count_broken(sorted(broken))
            if progress and count % 32 == 0:
                rate = blocks.lines / max(time.monotonic() - begin, 1e-9)
                bar.update(task, completed=blocks.position,
                           description=f'ConceptNet: {blocks.lines:,} lines, {rate:,.0f} lines/s, '
                                       f'{scan.matches:,} matches')
    scan.lines = blocks.lines
    scan.check()
    return scan
