"""Reading the vectors of a few words from a large file of word vectors."""
import logging
import re
from itertools import chain, islice
from statistics import mode
from typing import Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np
from mmengine.logging import print_log

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.npz_files import read_npz
from kssnet_mm.utils.text_files import MARKS

from .text_lines import TextLines
from .word2vec_binary import read_word2vec_binary

Wanted = Callable[[str], bool]
# Called with what a file holds and announces if it holds less.
Short = Callable[[str], None]
BYTE_ORDER_MARK = b'\xef\xbb\xbf'
NUMBER = re.compile(rb'[-+]?[.\d]*\d[.\d]*(?:[eE][-+]?\d+)?$')
HEADER = re.compile(rb'\d+[ \t]+\d+[ \t]*$')
# Without a header, the most frequent number of values in so many lines is that of the file.
FIRST_LINES = 20


def read_vectors(file: PathLike, wanted: Wanted, language: str = 'en',
                 short: Optional[List[str]] = None) -> Dict[str, np.ndarray]:
    """Name -> float32 (F,) for the ``wanted`` names, the first one where a name repeats.

    Text, plain or .gz: GloVe's lines (a name, then F numbers; a name may hold spaces), or word2vec's and
    Numberbatch's, which begin with a line of count and F. ``/c/en/dog`` is the name ``dog``, and names
    of other languages are passed over. ``.bin``, plain or .gz: word2vec's binary form. ``.npz``: ``words`` (V,) and
    ``vectors`` (V, F), or ``labels`` and ``embedding`` as a label graph has them, which must fit into memory. The
    others are read piece by piece, and only wanted rows are kept.

    Lines of wanted words must be right. Others that are broken are left out, and their number is logged.

    Args:
        file: The file.
        wanted: Whether a name is wanted.
        language: Language of ``/c/<language>/`` names.
        short: A list to which a sentence is added if the file holds fewer vectors than its first line says. None: that
            is an error.

    Raises:
        ValueError: A wanted line has another number of values than the file's others, or no
            finite numbers (names file and line); the file is empty or ends early; the .npz has other arrays.
    """
    found: Dict[str, np.ndarray] = {}
    prefix = f'/c/{language}/'

    def keep(name: str) -> bool:
        return _plain(name, prefix, found, wanted) is not None

    name = str(file)
    if name.endswith('.npz'):
        rows = _read_npz(file, keep)
    else:
        read = read_word2vec_binary if name.endswith(('.bin', '.bin.gz')) else _read_text
        rows = read(file, keep, _raise_short if short is None else short.append)
    for name, where, values in rows:
        vector = np.asarray(values, dtype=np.float32)
        if not np.isfinite(vector).all():
            raise ValueError(f'{where}: the vector of {name!r} has infinite or NaN values')
        found[_plain(name, prefix, found, wanted)] = vector
    return found


def _raise_short(text: str) -> None:
    raise ValueError(f'{text}: fetch it again')


def _plain(name: str, prefix: str, found: Dict[str, np.ndarray], wanted: Wanted) -> Optional[str]:
    """The name under which a vector is kept, None if it is not kept."""
    if name.startswith('/c/'):
        if not name.startswith(prefix):
            return None
        name = name[len(prefix):]
    return name if name not in found and wanted(name) else None


def _read_text(file: PathLike, keep: Wanted, short: Short) -> Iterator[Tuple[str, str, np.ndarray]]:
    lines, count, broken = iter(TextLines(file)), 0, []
    first = _without_mark(file, list(islice(lines, FIRST_LINES)))
    if not first:
        raise ValueError(f'{file} is empty: a text file of word vectors has a word and its numbers on each line')
    header = [int(part) for part in first.pop(0)[1].split()] if HEADER.match(first[0][1]) else None
    size = header[1] if header else mode(len(line.split()) for _, line in first) - 1
    if size < 1:
        raise ValueError(f'{file}:1: no word with numbers after it')
    for number, line in chain(first, lines):
        if not line.strip():
            continue
        count += 1
        name, *values = line.rsplit(None, size)
        words = name.split()
        # A name that is not UTF-8 cannot be one of the wanted names.
        text = b' '.join(words).decode('utf-8', 'replace')
        # Words may hold spaces, such as GloVe's 'at name@domain.com'. If the surplus fields are numbers, they are
        # values; if the first value is none, it is the end of the word.
        if len(values) < size or (words[1:] and all(map(NUMBER.match, words[1:]))) or not (
                _is_number(values[0]) or keep(text)):
            if any(map(keep, _beginnings(line))):
                raise ValueError(f'{file}:{number}: {len(line.split()) - 1} values after the word, where others have '
                                 f'{size}')
            broken.append(number)
            continue
        if keep(text):
            try:
                yield text, f'{file}:{number}', np.array(values, dtype=np.float32)
            except ValueError as error:
                raise ValueError(f'{file}:{number}: not {size} numbers after the word ({error})') from None
    if broken:
        print_log(f'{file}: {len(broken)} lines of words that are not needed have another number of values than '
                  f'{size}, the first is line {broken[0]}', logger='current', level=logging.WARNING)
    if header and count < header[0]:
        short(f'{file} holds {count} vectors and its first line says {header[0]}')


def _without_mark(file: PathLike, first: list) -> list:
    """The first lines without a byte order mark of UTF-8.

    Raises:
        ValueError: They are in another encoding, or no text.
    """
    if not first:
        return first
    number, line = first[0]
    for mark, encoding in MARKS:
        if line.startswith(mark):
            raise ValueError(f'{file} is encoded as {encoding}: save it as UTF-8')
    if any(b'\0' in text for _, text in first):
        raise ValueError(f'{file} is no text; the names of word2vec\'s binary files end in .bin or .bin.gz')
    return [(number, line[len(BYTE_ORDER_MARK):] if line.startswith(BYTE_ORDER_MARK) else line), *first[1:]]


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _beginnings(line: bytes) -> Iterator[str]:
    """What may be the word of a line that has no whole vector: the fields before the first number, and the first."""
    fields = line.split()
    number = next((i for i, field in enumerate(fields) if i and NUMBER.match(field)), len(fields))
    for end in {1, number}:
        yield b' '.join(fields[:end]).decode('utf-8', 'replace')


def _read_npz(file: PathLike, keep: Wanted) -> Iterator[Tuple[str, str, np.ndarray]]:
    archive = read_npz(file, 'no npz of word vectors')
    pair = ('words', 'vectors') if 'words' in archive else ('labels', 'embedding')
    if not set(pair) <= set(archive):
        raise ValueError(f'{file} has neither words and vectors nor labels and embedding, but {sorted(archive)}')
    names, vectors = (archive[name] for name in pair)
    if names.dtype.kind not in 'SU' or vectors.dtype.kind != 'f' or names.ndim != 1 or vectors.ndim != 2:
        raise ValueError(f'{file}: {pair[0]} must be an array of text and {pair[1]} one of rows of numbers, got '
                         f'{names.dtype} {names.shape} and {vectors.dtype} {vectors.shape}')
    if len(names) != len(vectors):
        raise ValueError(f'{file} has {len(names)} {pair[0]} and {len(vectors)} rows of {pair[1]}')
    for number, (name, row) in enumerate(zip(names.tolist(), vectors)):
        name = name.decode('utf-8', 'replace') if isinstance(name, bytes) else name
        if keep(name):
            # a copy, because a view of the row would keep the whole table in memory
            yield name, f'{file}: row {number}', row.astype(np.float32)
