"""The lines of large text files, plain or .gz."""
import gzip
import io
import os
import zlib
from typing import Iterator, Tuple

from kssnet_mm.utils.input_files import regular_file
from kssnet_mm.utils.io import PathLike

try:  # two to three times as fast as zlib
    from isal.igzip import IGzipFile as GzipFile
    from isal.isal_zlib import error as isal_error
except ImportError:
    GzipFile, isal_error = gzip.GzipFile, zlib.error

READ = 1 << 19
LONGEST_LINE = 1 << 26


class TextLines:
    """Iterate a file as ``(number from 1, line without its end)``, in memory that does not grow with the file.

    The first bytes of the file tell whether it is compressed; its name does so only if it has fewer than two bytes.

    Args:
        file: The file.

    Attributes:
        lines: Number of lines given so far.
        position: Bytes of the file read so far, of ``size``; kept up to date every thousand lines.

    Raises:
        ValueError: The compressed file is truncated or damaged (names it and a line before that),
            or holds a line of 64 MiB or more, which no text has.
    """

    def __init__(self, file: PathLike) -> None:
        self.file = regular_file(file)
        self.size = os.path.getsize(file)
        self.lines = self.position = 0

    def __iter__(self) -> Iterator[Tuple[int, bytes]]:
        with open(self.file, 'rb') as stream:
            begin = stream.read(2)
            stream.seek(0)
            if len(begin) < 2 and self.file.endswith('.gz'):
                raise ValueError(f'{self.file} is truncated: it has {len(begin)} bytes. Fetch it again')
            text = io.BufferedReader(GzipFile(fileobj=stream), READ) if begin == b'\x1f\x8b' else stream
            try:
                for line in iter(lambda: text.readline(LONGEST_LINE), b''):
                    if len(line) == LONGEST_LINE:
                        raise ValueError(f'{self.file}:{self.lines + 1}: a line of more than '
                                         f'{LONGEST_LINE >> 20} MiB; this is not a text file of lines')
                    self.lines += 1
                    if self.lines % 1000 == 0:
                        self.position = stream.tell()
                    yield self.lines, line.rstrip(b'\r\n')
            except EOFError:
                raise ValueError(f'{self.file} is truncated: it ends within its compressed data, after line '
                                 f'{self.lines}. Fetch it again') from None
            except (gzip.BadGzipFile, zlib.error, isal_error) as error:
                raise ValueError(f'{self.file} is damaged after line {self.lines} ({error}): fetch it again') from error
