"""Reading the vectors of a few words from a large file of word vectors."""
import re
from itertools import chain, islice
from statistics import mode
from typing import Callable, Dict, Iterator, Optional, Tuple

import numpy as np

from kssnet_mm.utils.io import PathLike

from .text_lines import TextLines

Wanted = Callable[[str], bool]
NUMBER = re.compile(rb'[-+]?[.\d]*\d[.\d]*(?:[eE][-+]?\d+)?$')
HEADER = re.compile(rb'\d+ +\d+ *$')
# Without a header, the most frequent number of values in so many lines is that of the file.
FIRST_LINES = 20


def read_vectors(file: PathLike, wanted: Wanted, language: str = 'en') -> Dict[str, np.ndarray]:
    """Name -> float32 (F,) for the ``wanted`` names, the first one where a name repeats.

    Text, plain or .gz: GloVe's lines (a name, then F numbers; a name may hold spaces), or word2vec's and
    Numberbatch's, which begin with a line of count and F. ``/c/en/dog`` is the name ``dog``, and names
    of other languages are passed over. ``.npz``: ``words`` (V,) and ``vectors`` (V, F), or ``labels``
    and ``embedding`` as a label graph has them, which must fit into memory. Text is read line by line. Only wanted
    rows are kept.

    Raises:
        ValueError: A line has another number of values than the file's others, or a wanted one has no
            finite numbers (names file and line); the file is empty or ends early; the .npz has other arrays.
    """
    read = _read_npz if str(file).endswith('.npz') else _read_text
    found: Dict[str, np.ndarray] = {}
    prefix = f'/c/{language}/'
    for name, where, values in read(file, lambda name: _plain(name, prefix, found, wanted) is not None):
        vector = np.asarray(values, dtype=np.float32)
        if not np.isfinite(vector).all():
            raise ValueError(f'{where}: the vector of {name!r} has infinite or NaN values')
        found[_plain(name, prefix, found, wanted)] = vector
    return found


def _plain(name: str, prefix: str, found: Dict[str, np.ndarray], wanted: Wanted) -> Optional[str]:
    """The name under which a vector is kept, None if it is not kept."""
    if name.startswith('/c/'):
        if not name.startswith(prefix):
            return None
        name = name[len(prefix):]
    return name if name not in found and wanted(name) else None


def _read_text(file: PathLike, keep: Wanted) -> Iterator[Tuple[str, str, np.ndarray]]:
    lines, count = iter(TextLines(file)), 0
    first = list(islice(lines, FIRST_LINES))
    if not first:
        raise ValueError(f'{file} is empty: a text file of word vectors has a word and its numbers on each line')
    header = [int(part) for part in first.pop(0)[1].split()] if HEADER.match(first[0][1]) else None
    size = header[1] if header else mode(len(line.split()) for _, line in first) - 1
    if size < 1:
        raise ValueError(f'{file}:1: no word with numbers after it')
    for number, line in chain(first, lines):
        if not line.strip():
            continue
        name, *values = line.rsplit(None, size)
        words = name.split()
        # GloVe has words with spaces, such as 'at name@domain.com'. If the surplus fields are numbers, they are values.
        if len(values) < size or (words[1:] and (header or all(map(NUMBER.match, words[1:])))):
            raise ValueError(f'{file}:{number}: {len(line.split()) - 1} values after the word, where others have {size}')
        count += 1
        # A name that is not UTF-8 cannot be one of the wanted names.
        text = b' '.join(words).decode('utf-8', 'replace')
        if keep(text):
            try:
                yield text, f'{file}:{number}', np.array(values, dtype=np.float32)
            except ValueError as error:
                raise ValueError(f'{file}:{number}: not {size} numbers after the word ({error})') from None
    if header and count != header[0]:
        raise ValueError(f'{file} holds {count} vectors and its first line says {header[0]}: fetch it again')


def _read_npz(file: PathLike, keep: Wanted) -> Iterator[Tuple[str, str, np.ndarray]]:
    with np.load(file, allow_pickle=False) as archive:
        pair = ('words', 'vectors') if 'words' in archive else ('labels', 'embedding')
        if not set(pair) <= set(archive):
            raise ValueError(f'{file} has neither words and vectors nor labels and embedding, but {sorted(archive)}')
        try:
            names, vectors = (archive[name] for name in pair)
        except ValueError as error:
            raise ValueError(f'{file}: {" and ".join(pair)} must be text and numbers ({error})') from error
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
