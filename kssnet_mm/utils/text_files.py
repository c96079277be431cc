"""Text files as a whole, and what is wrong with those that are no UTF-8."""
import os
from typing import Iterator

from .input_files import regular_file
from .io import PathLike

# Byte order marks of other encodings than UTF-8; the longer ones first, because one begins like the other.
MARKS = ((b'\xff\xfe\x00\x00', 'UTF-32'), (b'\x00\x00\xfe\xff', 'UTF-32'), (b'\xff\xfe', 'UTF-16'),
         (b'\xfe\xff', 'UTF-16'))
OTHER_KINDS = ((b'\x1f\x8b', 'compressed by gzip: unpack it'), (b'PK\x03\x04', 'a zip file, as .npz and .xlsx are'),
               (b'\x89PNG', 'an image'), (b'\xff\xd8\xff', 'an image'))


def read_bytes(path: PathLike) -> bytes:
    """The content of a regular file; raises as :func:`regular_file` does."""
    with open(regular_file(path), 'rb') as file:
        return file.read()


def decode_text(content: bytes, path: PathLike) -> str:
    """UTF-8, with or without a byte order mark, as text with ``\\n`` at the ends of lines.

    Raises:
        ValueError: It is something else; names the file, and the line and what it looks like where these are known.
    """
    path = os.fspath(path)
    for begin, encoding in MARKS:
        if content.startswith(begin):
            raise ValueError(f'{path} is encoded as {encoding}: save it as UTF-8')
    for begin, kind in OTHER_KINDS:
        if content.startswith(begin):
            raise ValueError(f'{path} is no text file: it is {kind}')
    if b'\0' in content:
        line = content.count(b'\n', 0, content.index(b'\0')) + 1
        raise ValueError(f'{path}:{line}: a zero byte, which no text in UTF-8 has: it is in UTF-16, or no text')
    try:
        text = content.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        # its positions count from behind the mark
        begin = error.start + 3 * content.startswith(b'\xef\xbb\xbf')
        line, byte = content.count(b'\n', 0, begin) + 1, content[begin]
        raise ValueError(f'{path}:{line}: byte 0x{byte:02x} is not UTF-8; the file is probably encoded as Latin-1 or '
                         'Windows-1252: save it as UTF-8') from None
    return text.replace('\r\n', '\n').replace('\r', '\n')


def read_text(path: PathLike) -> str:
    """The text of a file in UTF-8.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no regular file, or no text in UTF-8; names the file, and the line where it is known.
    """
    return decode_text(read_bytes(path), path)


def read_lines(path: PathLike) -> Iterator[str]:
    """The lines of a large file in UTF-8 with their ends, in memory that does not grow with it.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: As :func:`read_text`.
    """
    path = regular_file(path)
    with open(path, 'rb') as file:
        begin = file.read(4)
    if any(begin.startswith(mark) for mark, _ in MARKS + OTHER_KINDS):
        read_text(path)  # says what it is
    with open(path, encoding='utf-8-sig') as file:
        try:
            for line in file:
                if '\0' in line:
                    read_text(path)
                yield line
        except UnicodeDecodeError:
            read_text(path)  # says where
            raise
