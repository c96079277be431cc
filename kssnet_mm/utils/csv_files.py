"""Writing csv files that a spreadsheet may open."""
import csv
import io
from typing import Any, Iterable, Sequence

from .io import PathLike, write_atomically

# Spreadsheets take a cell that begins so for a formula, and run it; the last four are the wide forms of the first.
FORMULA = ('=', '+', '-', '@', '\t', '\r', '\n', '\uff1d', '\uff0b', '\uff0d', '\uff20')


def quoted(cell: Any) -> Any:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula; numbers and '-' stay."""
    if not isinstance(cell, str) or not cell.startswith(FORMULA) or cell == '-':
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def write_csv(path: PathLike, rows: Iterable[Sequence[Any]]) -> None:
    """Write rows whole or not at all, formulas quoted."""
    text = io.StringIO()
    csv.writer(text, lineterminator='\n').writerows([quoted(cell) for cell in row] for row in rows)
    write_atomically(path, text.getvalue())
