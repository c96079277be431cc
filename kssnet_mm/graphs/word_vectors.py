"""Reading the vectors of a few words from a large file of word vectors."""
import re
from statistics import mode
from typing import Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np

from kssnet_mm.utils.io import PathLike

from .line_blocks import LineBlocks

Wanted = Callable[[str], bool]
NUMBER = re.compile(rb'[-+]?[.\d]*\d[.\d]*(?:[eE][-+]?\d+)?$')
HEADER = re.compile(rb'\d+ +\d+ *\r?$')
# Without a header, the most frequent number of values in so many lines is that of the file.
FIRST_LINES = 20


def read_vectors(file: PathLike, wanted: Wanted, language: str = 'en') -> Dict[str, np.ndarray]:
    """Name -> float32 (F,) for the ``wanted`` names, the first one where a name repeats.

    Text, plain or .gz: GloVe's lines (a name, then F numbers; a name may hold spaces), or word2vec's and
    Numberbatch's, which begin with a line of count and F. ``/c/en/dog`` is the name ``dog``, and names
    of other languages are passed over. ``.npz``: ``words`` (V,) and ``vectors`` (V, F), or ``labels``
    and ``embedding`` as a label graph has them, which must fit into memory. Text is read block by block. Only wanted
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
    blocks, count, size, header = LineBlocks(file), 0, 0, None
    for first, block in blocks:
        lines = block.split(b'\n')[:-1]
        if first == 1:
            if HEADER.match(lines[0]):
                header = [int(part) for part in lines[0].split()]
                first, lines = 2, lines[1:]
            size = header[1] if header else mode(len(line.split()) for line in lines[:FIRST_LINES]) - 1
            if size < 1:
                raise ValueError(f'{file}:1: no word with numbers after it')
        for number, line in enumerate(lines, first):
            if line.count(b' ') == size:
                end = line.find(b' ')
            elif not line.strip():
                continue
            else:
                line, end = _name_and_values(line, size, header is None, f'{file}:{number}')
            count += 1
            # A name that is not UTF-8 cannot be one of the wanted names.
            name = line[:end].decode('utf-8', 'replace')
            if keep(name):
                yield name, f'{file}:{number}', _numbers(line[end:].split(), size, f'{file}:{number}')
    if not blocks.lines:
        raise ValueError(f'{file} is empty: a text file of word vectors has a word and its numbers on each line')
    if header and count != header[0]:
        raise ValueError(f'{file} holds {count} vectors and its first line says {header[0]}: fetch it '
                         'again')


def _name_and_values(line: bytes, size: int, spaces: bool, where: str) -> Tuple[bytes, int]:
    """A line with other spaces than one before each value: the line with single spaces, and where its name ends."""
    fields: List[bytes] = line.split()
    surplus = fields[1:-size]
    # GloVe has words with spaces, such as 'at name@domain.com'. If the surplus fields are numbers, they are values.
    if len(fields) <= size or (surplus and (not spaces or all(map(NUMBER.match, surplus)))):
        raise ValueError(f'{where}: {len(fields) - 1} values after the word, where others have {size}')
    name = b' '.join(fields[:-size])
    return name + b' ' + b' '.join(fields[-size:]), len(name)


def _numbers(values: List[bytes], size: int, where: str) -> np.ndarray:
    try:
        vector = np.array([float(value) for value in values], dtype=np.float32)
    except ValueError as error:
        raise ValueError(f'{where}: not {size} numbers after the word ({error})') from None
    if len(vector) != size:
        raise ValueError(f'{where}: {len(vector)} values after the word, where others have {size}')
    return vector


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
