"""ConceptNet's assertions, a line each.

A line has five columns with tabs between them: the assertion, its relation (``/r/IsA``), its start and
end (``/c/en/dog/n/wn/animal``) and a json with ``weight``. One in ten lines of the dump has English at
both ends.
"""
import json
import math
import os
import time
from typing import Iterator, List, NamedTuple, Optional

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from kssnet_mm.utils.io import PathLike

from ..text_lines import TextLines

FIRST_BROKEN = 5
EXPECTED = ("ConceptNet's assertions are lines of five columns with tabs between them, the last one a json with a "
            'weight, as in conceptnet-assertions-5.7.0.csv.gz: fetch that file, or correct the path')


class Assertion(NamedTuple):
    """A line whose two ends are concepts of the language.

    Attributes:
        relation: ``IsA`` of ``/r/IsA``.
        start, end: Names without language and sense, UTF-8: ``dog`` of ``/c/en/dog/n/wn/animal``.
        details: The json.
        line: Number of the line.
    """
    relation: str
    start: bytes
    end: bytes
    details: bytes
    line: int

    def weight(self) -> float:
        """The weight in the json.

        Raises:
            ValueError: It is no json, or has no weight that is a finite number >= 0.
        """
        try:
            weight = json.loads(self.details)['weight']
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f'no json with a weight ({type(error).__name__}: {error})') from None
        if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not (0 <= weight < math.inf):
            raise ValueError(f'weight {weight!r} is not a finite number >= 0')
        return float(weight)


def parse(line: bytes, prefix: bytes, number: int) -> Optional[Assertion]:
    """The assertion of a line, None where an end is not in the language.

    Of the json only the braces are checked here. It is parsed later, if the line relates two labels.

    Args:
        line: Without its end.
        prefix: ``/c/<language>/``.
        number: Of the line.

    Raises:
        ValueError: The line is broken; says why.
    """
    columns = line.split(b'\t')
    if len(columns) != 5:
        raise ValueError(f'not five columns but {len(columns)}')
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError as error:
            raise ValueError(f'not UTF-8 ({error.reason} at byte {error.start})') from None
    _, relation, start, end, details = columns
    if not (details.startswith(b'{') and details.endswith(b'}')):
        raise ValueError('no json in the last column')
    if not (start.startswith(prefix) and end.startswith(prefix)):
        return None
    if not relation.startswith(b'/r/'):
        raise ValueError('no relation in the second column')
    begin = len(prefix)
    return Assertion(relation[3:].decode(), start[begin:].partition(b'/')[0], end[begin:].partition(b'/')[0], details,
                     number)


class AssertionsFile:
    """Iterate an assertions file once, in memory that does not grow with it.

    Args:
        file: Assertions, plain or .gz.
        language: Of both ends, as ``'en'``.
        progress: Show a bar with lines and rate.

    Attributes:
        lines: Lines of the file, after the pass.
        broken: Lines that could not be read.
        first_broken: ``file:line: why`` of the first few of them.

    Raises:
        ValueError: A compressed file is truncated or damaged (the message names a line before the damage), the file is
            empty, or every line of it is broken, as in the error page of a server.
    """

    def __init__(self, file: PathLike, language: str, progress: bool = False) -> None:
        self.file, self.language, self.progress = os.fspath(file), language, progress
        self.lines = self.broken = 0
        self.first_broken: List[str] = []

    def count_broken(self, number: int, why: ValueError) -> None:
        """Count a line that cannot be read; the first few are named."""
        self.broken += 1
        if len(self.first_broken) < FIRST_BROKEN:
            self.first_broken.append(f'{self.file}:{number}: {why}')

    def __iter__(self) -> Iterator[Assertion]:
        lines, prefix, begin = TextLines(self.file), f'/c/{self.language}/'.encode(), time.monotonic()
        columns = (TextColumn('{task.description}'), BarColumn(), TimeRemainingColumn())
        silent = not self.progress
        # a bar that is disabled still ends with an empty line where the output is no terminal
        with Progress(*columns, console=Console(quiet=silent), disable=silent, transient=True) as bar:
            task = bar.add_task('ConceptNet', total=lines.size)
            for number, line in lines:
                if number % 10_000 == 0:
                    rate = number / max(time.monotonic() - begin, 1e-9)
                    bar.update(task, completed=lines.position,
                               description=f'ConceptNet: {number:,} lines, {rate:,.0f} lines/s')
                try:
                    assertion = parse(line, prefix, number)
                except ValueError as error:
                    self.count_broken(number, error)
                    continue
                if assertion is not None:
                    yield assertion
        self.lines = lines.lines
        if not self.lines:
            raise ValueError(f'{self.file} is empty. {EXPECTED}')
        if self.broken == self.lines:
            raise ValueError(f'{self.first_broken[0]}; not one of {self.lines:,} lines holds an assertion. {EXPECTED}')
