"""Files that are whole and on the disk before they take their name."""
import os

from .io import PathLike, whole_file


def write_durably(path: PathLike, content: bytes) -> None:
    """Write bytes so that a kill, a full disk or a power cut leaves the old file or the new one.

    The bytes go to a temporary name in the same folder, are flushed to the disk (``fsync``) and only then
    take the name ``path``. The folder is flushed too, because the new name is an entry of the folder.

    Args:
        path: File to write; its folder is created.
        content: All its bytes.

    Raises:
        OSError: Names ``path``, e.g. where the disk is full. Nothing half-written is left under that name.
    """
    path = os.fspath(path)
    with whole_file(path) as temporary:
        with open(temporary, 'wb') as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    try:
        _sync_folder(os.path.dirname(os.path.abspath(path)))
    except OSError as error:  # it names no file
        raise OSError(error.errno, f'{error.strerror}; the file may not be on the disk', path) from error


def _sync_folder(folder: str) -> None:
    if os.name != 'posix':  # other systems cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
