"""Rows of a csv file with their line numbers."""
import csv
from itertools import chain
from typing import Iterator, List, Optional, Tuple

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.text_files import read_lines

DELIMITERS = (',', '\t', ';')
NAMES = {',': 'comma', '\t': 'tab', ';': 'semicolon'}


def found_delimiter(header: str, path: PathLike) -> str:
    """The character that separates the cells of a header line: the one of ``DELIMITERS`` that it has most of.

    Raises:
        ValueError: It has as many of another one.
    """
    unquoted = ''.join(header.split('"')[::2])
    counts = sorted(((unquoted.count(character), character) for character in DELIMITERS), reverse=True)
    (most, character), (second, other) = counts[:2]
    if most and most == second:
        raise ValueError(f'{path}:1: the header has as many {NAMES[character]}s as {NAMES[other]}s: say which '
                         'separates its columns by the setting delimiter')
    return character if most else ','


def csv_rows(path: PathLike, strict: bool = True, delimiter: Optional[str] = ',') -> Iterator[Tuple[List[str], str]]:
    """Cells of each row that is not blank, and ``file:line`` where the row ends.

    Args:
        path: A csv file in UTF-8, with or without a byte order mark.
        strict: Whether quotes must be csv's own.
        delimiter: Between the cells. None: a comma, tab or semicolon, whichever the header has.

    Raises:
        ValueError: The file is not valid csv. If a quote is not closed, Python notices it many lines later; the
            message therefore names the line where the row begins. It is no text in UTF-8.
    """
    lines = read_lines(path)
    begin = []  # blank lines may stand above the header
    for text in lines:
        begin.append(text)
        if text.strip('\r\n'):
            break
    if delimiter is None:
        delimiter = found_delimiter(''.join(begin[-1:]), path)
    reader, line = csv.reader(chain(begin, lines), strict=strict, delimiter=delimiter), 0
    try:
        for row in reader:
            line = reader.line_num
            if row:
                yield row, f'{path}:{line}'
    except csv.Error as error:
        raise ValueError(f'{path}:{line + 1}: the row that begins here is not valid csv, look for a quote that is '
                         f'not closed ({error})') from error
