"""Files of word vectors as they are found: strict for the words that are wanted, tolerant for all others."""
import gzip
import logging
import struct

import numpy as np
import pytest
from mmengine.logging import MMLogger

from kssnet_mm.graphs import WordVectorEmbedding
from kssnet_mm.graphs.spellings import spellings
from kssnet_mm.graphs.word_vectors import read_vectors

WORDS = {'dog': [1, -2.5], 'hot_dog': [3, 4], 'Tür': [.5, 0]}


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(file, *wanted, **settings):
    found = read_vectors(file, set(wanted).__contains__, **settings)
    return {name: vector.tolist() for name, vector in found.items()}


def binary(words=None, count=None, end=b'\n', size=2):
    """By the description of the format, not by the reader's code."""
    words = WORDS if words is None else words
    head = f'{len(words) if count is None else count} {size}\n'.encode()
    return head + b''.join(name.encode() + b' ' + struct.pack(f'<{size}f', *row) + end for name, row in words.items())


@pytest.fixture
def log(caplog):
    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    with caplog.at_level(logging.WARNING, logger=logger.name):
        yield caplog
    logger.removeHandler(caplog.handler)


@pytest.mark.parametrize('name, content', [
    ('v.bin', binary()), ('v.bin', binary(end=b'')), ('v.bin.gz', gzip.compress(binary(), mtime=0)),
    ('v.bin', binary() + b'\n\n')])
def test_binary_files(tmp_path, name, content):
    file = write(tmp_path / name, content)
    assert read(file, 'dog', 'Tür', 'cat') == {'dog': [1, -2.5], 'Tür': [.5, 0]}
    assert read(file, 'dog', 'hot_dog', 'Tür') == WORDS
    assert WordVectorEmbedding(file).build(['Hot dog', 'dog']).tolist() == [[3, 4], [1, -2.5]]


def test_large_binary_files_are_read_in_pieces(tmp_path):
    table = np.random.default_rng(0).normal(size=(3000, 150)).astype(np.float32)
    words = {f'w{i}' * (1 + i % 7): row for i, row in enumerate(table)}
    file = write(tmp_path / 'v.bin', binary(words, size=150))
    assert file.stat().st_size > 1 << 20  # the size of a piece
    found = read_vectors(file, lambda name: True)
    assert list(found) == list(words) and all(np.array_equal(found[name], row) for name, row in words.items())


@pytest.mark.parametrize('content, message', [
    (binary(count=4), r'v.bin holds 3 vectors and its first line says 4: fetch it again'),
    (binary()[:-6], r'v.bin holds 2 vectors and its first line says 3'),
    (b'dog 1 2\n', 'v.bin does not begin with a line of count and size'), (b'', 'v.bin does not begin with'),
    (b'3 0\n', 'v.bin does not begin with'), (b'2 2\n' + b'x' * 9999, 'v.bin: word 1 does not end'),
    (binary(dict(dog=[1, float('nan')])), "v.bin: word 1: the vector of 'dog' has infinite or NaN"),
    (struct.pack('<ii', 793712314, 12) + b'abc', 'v.bin is a model of fastText: .* the .vec file'),
    (gzip.compress(binary(), mtime=0)[:-9], 'v.bin is truncated or damaged')])
def test_other_binary_files_are_named(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        read(write(tmp_path / 'v.bin', content), 'dog', 'Tür', 'zzz')


@pytest.mark.parametrize('text', [
    '\ufeffdog 1 2\ncat 3 4\n', '\ufeff2 2\ndog 1 2\ncat 3 4\n', '2\t2\ndog\t1\t2\ncat\t3\t4\n',
    '2 2\r\ndog 1 2\r\ncat 3 4\r\n', '1 2\ndog 1 2\ncat 3 4\n'])
def test_marks_tabs_and_too_small_counts(tmp_path, text):
    assert read(write(tmp_path / 'v.txt', text), 'dog', 'cat') == {'dog': [1, 2], 'cat': [3, 4]}


def test_words_with_blanks_in_files_with_a_header(tmp_path):
    text = '4 2\ndog 1 2\nhot dog 3 4\nNew York City 5 6\n. . 7 8\n'
    assert read(write(tmp_path / 'v.txt', text), 'hot dog', 'New York City', 'dog') == {
        'dog': [1, 2], 'hot dog': [3, 4], 'New York City': [5, 6]}


@pytest.mark.parametrize('line', ['cat 1', 'cat', 'cat 1 2 3', 'cat 1 x 3', 'big cat 1', '1 2 3 4', '\xa0 1'])
@pytest.mark.parametrize('header', ['', '3 2\n'])
def test_broken_lines_matter_for_wanted_words_alone(tmp_path, header, line, log):
    file = write(tmp_path / 'v.txt', f'{header}dog 1 2\n{line}\nbird 5 6\n')
    number = 3 if header else 2
    assert read(file, 'dog', 'bird') == {'dog': [1, 2], 'bird': [5, 6]}
    assert f'1 lines of words that are not needed have another number of values than 2, the first is line {number}' \
        in log.text
    for wanted in {'big cat 1': ['big', 'big cat']}.get(line, [line.split(' ')[0]]):
        with pytest.raises(ValueError, match=rf'v.txt:{number}: \d values after the word, where others have 2'
                           if wanted != 'big' else rf'v.txt:{number}: not 2 numbers after the word'):
            read(file, 'dog', wanted)


def test_a_line_of_a_wanted_word_must_hold_numbers(tmp_path):
    file = write(tmp_path / 'v.txt', 'dog 1 2\ncat x 2\nbird 5 6\ncow nan 1\n')
    assert read(file, 'dog', 'bird') == {'dog': [1, 2], 'bird': [5, 6]}
    with pytest.raises(ValueError, match='v.txt:2: not 2 numbers after the word'):
        read(file, 'cat')
    with pytest.raises(ValueError, match="v.txt:4: the vector of 'cow' has infinite or NaN values"):
        read(file, 'cow')


@pytest.mark.parametrize('name, content', [('v.txt', '9 2\ndog 1 2\ncat 3 4\n'),
                                           ('v.bin', binary(dict(dog=[1, 2], cat=[3, 4]), count=9))])
def test_a_count_that_is_too_large_matters_if_words_are_missing(tmp_path, name, content, log):
    file = write(tmp_path / name, content)
    assert WordVectorEmbedding(file).build(['cat', 'dog']).tolist() == [[3, 4], [1, 2]]
    assert f'{name} holds 2 vectors and its first line says 9; all words of the labels were found' in log.text
    for missing in ('error', 'zero', 'random', 'shorter'):
        with pytest.raises(ValueError, match=f"{name} holds 2 vectors and its first line says 9: fetch it again. It "
                                             "has no vector for 'zebra'"):
            WordVectorEmbedding(file, missing=missing).build(['cat', 'zebra'])


@pytest.mark.parametrize('content, message', [
    ('dog 1 2\n'.encode('utf-16'), 'v.txt is encoded as UTF-16: save it as UTF-8'),
    (binary(), 'v.txt is no text; the names of word2vec.s binary files end in .bin')])
def test_text_in_other_encodings(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        read(write(tmp_path / 'v.txt', content), 'dog')
    with pytest.raises(ValueError, match='v.npz is no npz of word vectors'):
        read(write(tmp_path / 'v.npz', content), 'dog')


def test_abbreviations_in_files_of_vectors(tmp_path):
    assert spellings('u.s.a') == ['u.s.a', 'u.s.a.', 'usa'] and spellings('3.5') == ['3.5']
    assert spellings('mr.t') == ['mr.t'] and spellings('dr_who') == ['dr_who', 'dr who', 'dr-who']
    for name in ('u.s.a', 'u.s.a.', 'usa'):
        assert WordVectorEmbedding(write(tmp_path / 'v.txt', f'{name} 1 2\n')).build(['U.S.A.']).tolist() == [[1, 2]]
