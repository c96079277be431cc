"""Files that users give: what is no file is named at once, and so is the file over which a parser fails."""
import os
import pickle
import stat
from contextlib import contextmanager
from typing import Iterator

from .io import PathLike


def regular_file(path: PathLike) -> str:
    """The path as text, once it is known that reading the file neither waits nor goes on for ever.

    Raises:
        OSError: There is no such file (FileNotFoundError), or it cannot be looked at; names it.
        ValueError: It is a folder, a FIFO, a socket or a device; names it.
    """
    path = os.fspath(path)
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        raise ValueError(f'{path} is {"a folder" if stat.S_ISDIR(mode) else "no regular file"}: a file is needed')
    return path


@contextmanager
def refusing(path: str, what: str) -> Iterator[None]:
    """Turn whatever the block raises over a broken or hostile file into a ValueError that names the file.

    Parsers raise nearly anything, from EOFError to RecursionError. Errors that name the file already pass through.

    Args:
        path: The file.
        what: What is to be said of it, as 'not a label graph'.

    Raises:
        ValueError: ``<path> is <what>: <reason>``.
    """
    try:
        yield
    except Exception as error:
        if (isinstance(error, OSError) and error.filename is not None) or (
                isinstance(error, ValueError) and str(error).startswith(path)):
            raise
        lines = str(error).strip().splitlines()
        reason = lines[0] if lines else type(error).__name__
        if not isinstance(error, (ValueError, pickle.UnpicklingError)):
            reason = f'{type(error).__name__}: {reason}' if lines else reason
        raise ValueError(f'{path} is {what}: {reason[:500]}') from error
