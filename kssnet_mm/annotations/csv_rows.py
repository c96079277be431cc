"""Rows of a csv file with the lines they stand on."""
import csv
from typing import Iterator, List, Tuple

from kssnet_mm.utils.io import PathLike


def csv_rows(path: PathLike, strict: bool = True) -> Iterator[Tuple[List[str], str]]:
    """Cells of each row that is not blank, and ``file:line`` where the row ends.

    Args:
        path: A csv file in UTF-8, with or without a byte order mark.
        strict: Whether quotes must be csv's own.

    Raises:
        ValueError: It is no csv. A quote that nobody closes swallows the rows behind it, and csv notices far from
            where it stands: the line where the row begins is named.
    """
    with open(path, encoding='utf-8-sig', newline='') as file:
        reader, line = csv.reader(file, strict=strict), 0
        try:
            for row in reader:
                line = reader.line_num
                if row:
                    yield row, f'{path}:{line}'
        except csv.Error as error:
            raise ValueError(f'{path}:{line + 1}: the row that begins here is no csv, look for a quote that is not '
                             f'closed ({error})') from error
