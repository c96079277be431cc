"""word2vec's binary files of word vectors."""
import gzip
import re
import zlib
from typing import BinaryIO, Callable, Iterator, Tuple

import numpy as np

from kssnet_mm.utils.input_files import regular_file
from kssnet_mm.utils.io import PathLike

from .text_lines import GzipFile, isal_error

HEADER = re.compile(rb'(\d{1,12})[ \t]+(\d{1,6})\s*\n')
FASTTEXT = (793712314).to_bytes(4, 'little')
PIECE = 1 << 20
LONGEST_WORD = 1 << 12
LARGEST = 1 << 16


def read_word2vec_binary(file: PathLike, keep: Callable[[str], bool],
                         short: Callable[[str], None]) -> Iterator[Tuple[str, str, np.ndarray]]:
    """Name, place and float32 (F,) of the words to keep.

    The form of https://code.google.com/archive/p/word2vec: a line of count and F, then of each word its bytes, a space
    and F little-endian float32; the original program ends each with a line feed, others do not.

    Args:
        file: ``.bin``, plain or compressed by gzip.
        keep: Whether a word's vector is wanted.
        short: Called with a sentence if the file ends before the last word.

    Raises:
        ValueError: It is another kind of file, or damaged; names it.
    """
    with open(regular_file(file), 'rb') as raw:
        begin = raw.read(4)
        raw.seek(0)
        if begin == FASTTEXT:
            raise ValueError(f"{file} is a model of fastText: take its vectors as text, the .vec file beside it")
        stream = GzipFile(fileobj=raw) if begin[:2] == b'\x1f\x8b' else raw
        try:
            yield from _records(file, stream, keep, short)
        except (EOFError, gzip.BadGzipFile, zlib.error, isal_error) as error:
            raise ValueError(f'{file} is truncated or damaged ({error}): fetch it again') from error


def _records(file: PathLike, stream: BinaryIO, keep: Callable[[str], bool],
             short: Callable[[str], None]) -> Iterator[Tuple[str, str, np.ndarray]]:
    found = HEADER.match(stream.readline(64))
    if not found or not int(found.group(2)):
        raise ValueError(f"{file} does not begin with a line of count and size, as word2vec's binary files do")
    count, size = map(int, found.groups())
    if size > LARGEST:  # all of a word's numbers are in memory at once
        raise ValueError(f'{file} announces words of {size} numbers, and at most {LARGEST} are read')
    buffer, position = b'', 0
    for number in range(count):
        # as far as the space after the word, then as far as the end of its numbers
        space = buffer.find(b' ', position)
        while space < 0 or len(buffer) < space + 1 + 4 * size:
            if space < 0 and len(buffer) - position > LONGEST_WORD:
                raise ValueError(f'{file}: word {number + 1} does not end: the file is damaged, or no binary file of '
                                 'word2vec')
            more = stream.read(PIECE)
            if not more:
                short(f'{file} holds {number} vectors and its first line says {count}')
                return
            buffer, position = buffer[position:] + more, 0
            space = buffer.find(b' ')
        name = buffer[position:space].lstrip(b'\n').decode('utf-8', 'replace')
        position = space + 1 + 4 * size
        if keep(name):
            yield name, f'{file}: word {number + 1}', np.frombuffer(buffer, '<f4', size, space + 1)
