"""Rows of a csv file with their line numbers."""
import csv
from typing import Iterator, List, Tuple

from kssnet_mm.utils.io import PathLike


def csv_rows(path: PathLike, strict: bool = True) -> Iterator[Tuple[List[str], str]]:
    """Cells of each row that is not blank, and ``file:line`` where the row ends.

    Args:
        path: A csv file in UTF-8, with or without a byte order mark.
        strict: Whether quotes must be csv's own.

    Raises:
        ValueError: The file is not valid csv. If a quote is not closed, Python notices it many lines later; the
            message therefore names the line where the row begins.
    """
    with open(path, encoding='utf-8-sig', newline='') as file:
        reader, line = csv.reader(file, strict=strict), 0
        try:
            for row in reader:
                line = reader.line_num
                if row:
                    yield row, f'{path}:{line}'
        except csv.Error as error:
            raise ValueError(f'{path}:{line + 1}: the row that begins here is not valid csv, look for a quote that is '
                             f'not closed ({error})') from error
