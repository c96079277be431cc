"""Large text files, plain or .gz, as blocks of whole lines."""
import gzip
import os
import zlib
from typing import BinaryIO, Iterator, Tuple

from kssnet_mm.utils.io import PathLike

try:  # two to three times as fast as zlib
    from isal.igzip import IGzipFile as GzipFile
    from isal.isal_zlib import error as isal_error
except ImportError:
    GzipFile, isal_error = gzip.GzipFile, zlib.error

READ = 1 << 19
LONGEST_LINE = 1 << 26


class LineBlocks:
    """Iterate a file as ``(number of the first line, bytes)``; the bytes are whole lines.

    Every line ends with a newline, the last one too where the file lacks it. Lines count from 1.
    The first bytes of the file tell whether it is compressed; its name does so only if it has fewer than two bytes.
    Memory does not grow with the file.

    Args:
        file: The file.

    Attributes:
        lines: Number of lines given so far.
        position: Bytes of the file read so far, of ``size``.

    Raises:
        ValueError: The compressed file is truncated or damaged (names it and a line before that),
            or holds a line of more than 64 MiB, which no text has.
    """

    def __init__(self, file: PathLike) -> None:
        self.file = os.fspath(file)
        self.size = os.path.getsize(file)
        self.lines = self.position = 0

    def __iter__(self) -> Iterator[Tuple[int, bytes]]:
        rest = b''
        with open(self.file, 'rb') as stream:
            for data in self._pieces(stream):
                self.position = stream.tell()
                end = data.rfind(b'\n') + 1
                if not end:
                    rest += data
                    if len(rest) > LONGEST_LINE:
                        raise ValueError(f'{self.file}:{self.lines + 1}: a line of more than '
                                         f'{LONGEST_LINE >> 20} MiB; this is not a text file of lines')
                    continue
                block, rest = rest + data[:end], data[end:]
                first, self.lines = self.lines + 1, self.lines + block.count(b'\n')
                yield first, block
        if rest:
            self.lines += 1
            yield self.lines, rest + b'\n'

    def _pieces(self, stream: BinaryIO) -> Iterator[bytes]:
        begin = stream.read(2)
        stream.seek(0)
        if len(begin) < 2 and self.file.endswith('.gz'):
            raise ValueError(f'{self.file} is truncated: it has {len(begin)} bytes. Fetch it again')
        if begin != b'\x1f\x8b':
            yield from iter(lambda: stream.read(READ), b'')
            return
        unpacked = GzipFile(fileobj=stream)
        try:
            # read1 returns what could be decompressed before the damage.
            yield from iter(lambda: unpacked.read1(READ), b'')
        except EOFError:
            raise ValueError(f'{self.file} is truncated: it ends within its compressed data, after line '
                             f'{self.lines}. Fetch it again') from None
        except (gzip.BadGzipFile, zlib.error, isal_error) as error:
            raise ValueError(f'{self.file} is damaged after line {self.lines} ({error}): fetch it again') from error
