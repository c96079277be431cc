"""Large text files, plain or .gz, as blocks of whole lines."""
import os
import zlib
from typing import Iterator, Tuple, Union

try:  # two to three times as fast as zlib
    from isal import isal_zlib as inflater
except ImportError:
    inflater = zlib

# A deflated block grows by 10 to 20 in text such as this: what a block becomes stays near 512 KiB, which
# fits into a core's cache.
READ_COMPRESSED, READ_PLAIN = 1 << 15, 1 << 19
LONGEST_LINE = 1 << 26
GZIP = 31  # zlib's window bits of a gzip member


class LineBlocks:
    """Iterate a file as ``(number of the first line, bytes)``; the bytes are whole lines.

    Every line ends with a newline, the last one too where the file lacks it. Lines count from 1.
    Compression is told by the file's first bytes, not by its name, unless there are too few. Memory does not
    grow with the file.

    Args:
        file: The file.

    Attributes:
        lines: Lines handed out so far.
        position: Bytes of the file read so far, of ``size``.

    Raises:
        ValueError: The compressed file is truncated or damaged (names it and the last line before that),
            or holds a line of more than 64 MiB, which no text has.
    """

    def __init__(self, file: Union[str, os.PathLike]) -> None:
        self.file = os.fspath(file)
        self.size = os.path.getsize(file)
        self.lines = self.position = 0

    def __iter__(self) -> Iterator[Tuple[int, bytes]]:
        rest = b''
        for data in self._pieces():
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

    def _pieces(self) -> Iterator[bytes]:
        with open(self.file, 'rb') as stream:
            begin = stream.read(2)
            if len(begin) < 2 and self.file.endswith('.gz'):
                raise ValueError(f'{self.file} is truncated: it has {len(begin)} bytes. Fetch it again')
            compressed = begin == b'\x1f\x8b'
            stream.seek(0)
            reads = iter(lambda: stream.read(READ_COMPRESSED if compressed else READ_PLAIN), b'')
            member = inflater.decompressobj(GZIP) if compressed else None
            for data in reads:
                self.position += len(data)
                if member is None:
                    yield data
                    continue
                while data:
                    if member.eof:
                        # Members may follow one another; zeros may pad the last one.
                        data = data.lstrip(b'\0')
                        if not data:
                            break
                        member = inflater.decompressobj(GZIP)
                    try:
                        text = member.decompress(data)
                    except (inflater.error, zlib.error) as error:
                        raise ValueError(f'{self.file} is damaged after line {self.lines} ({error}): '
                                         'fetch it again') from error
                    if text:
                        yield text
                    data = member.unused_data if member.eof else b''
            if member is not None and not member.eof:
                raise ValueError(f'{self.file} is truncated: it ends within its compressed data, after '
                                 f'line {self.lines}. Fetch it again')
