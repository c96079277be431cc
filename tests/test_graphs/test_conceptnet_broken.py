"""Assertions files that are broken, truncated or packed oddly."""
import gzip
import os
import re
import zlib

import numpy as np
import pytest
from conceptnet_lines import LABELS, LINES, graph, line, write

from kssnet_mm.graphs import LabelGraphBuilder, text_lines
from kssnet_mm.graphs.conceptnet.graph import describe
from kssnet_mm.graphs.text_lines import TextLines

BROKEN = {
    2: b'/a/x\t/r/IsA\t/c/en/dog\t/c/en/cat',
    4: line('IsA', 'dog', 'cat', 50).encode() + b'\textra',
    6: line('IsA', 'dog', 'caf\xe9', 50).encode('latin-1'),
    8: b'/a/x\t/r/IsA\t/c/en/dog\t/c/en/cat\t{"weight": }',
    9: b'/a/x\t/r/IsA\t/c/en/dog\t/c/en/cat\t{"other": 1}',
    11: b'/a/x\t/r/IsA\t/c/en/dog\t/c/en/cat\t{"weight": -1}',
    12: b'/a/x\t/r/IsA\t/c/en/dog\t/c/en/cat\t{"weight": NaN}',
    14: b'/a/x\tIsA\t/c/en/dog\t/c/en/cat\t{"weight": 60}',
    15: b'',
    16: b'/a/x\t/r/IsA\t/c/fr/a\t/c/fr/b\tno json',
}


def test_broken_lines_are_counted_and_named(tmp_path):
    good = iter(LINES)
    lines = [BROKEN[n] if n in BROKEN else next(good, LINES[4]).encode() for n in range(1, 22)]
    file = write(tmp_path, b'\n'.join(lines))
    matrix, report = graph(file).build(LABELS)
    assert matrix.tolist() == [[0, 4, 3], [4, 0, 0], [3, 0, 0]] and report['lines'] == 21
    assert report['broken_lines'] == 10
    assert [entry.split(': ')[0] for entry in report['first_broken']] == [
        f'{file}:{number}' for number in (2, 4, 6, 8, 9)]
    reasons = ('not five columns but 4', 'not five columns but 6', 'not UTF-8', 'no json with a weight',
               "KeyError: 'weight'")
    assert all(why in entry for entry, why in zip(report['first_broken'], reasons))
    assert '10 broken lines' in describe(report, 3)


@pytest.mark.parametrize('content, broken, matches', [
    # four and six columns make ten, and a line without braces stands beside whole ones
    ([LINES[0], '/a/x\t/r/IsA\t/c/en/dog\t{}', line('IsA', 'dog', 'cat', 50) + '\textra', LINES[1]], 2, 2),
    ([LINES[0], LINES[4].replace('\t', '\x0c', 1)], 1, 1),  # another control character in place of a tab
    ('\r\n'.join(LINES).encode(), 0, 5),
    (b'<!DOCTYPE html>\n<html><body>\n<h1>503</h1>\n</body></html>\n' + LINES[0].encode(), 4, 1),
], ids=['columns', 'control', 'windows', 'one'])
def test_broken_lines_beside_whole_ones(tmp_path, content, broken, matches):
    report = graph(write(tmp_path, content)).build(LABELS)[1]
    assert (report['broken_lines'], report['matches']) == (broken, matches)


def test_a_truncated_file_names_a_line_before_its_end_and_leaves_nothing(tmp_path):
    rng = np.random.default_rng(0)
    lines = [line('RelatedTo', f'w{a}', f'w{b}', 1) for a, b in rng.integers(0, 10**6, (20000, 2))]
    file = write(tmp_path, lines, 'assertions.csv.gz')
    data = file.read_bytes()
    file.write_bytes(data[:len(data) // 2])
    # what zlib itself can read of it
    whole = zlib.decompressobj(31).decompress(data[:len(data) // 2]).count(b'\n')
    with pytest.raises(ValueError, match='assertions.csv.gz is truncated') as error:
        graph(file).build(LABELS)
    assert 0 < int(re.search(r'after line (\d+)', str(error.value))[1]) <= whole
    assert os.listdir(tmp_path) == ['assertions.csv.gz']
    file.write_bytes(data[:50000] + bytes(2000) + data[52000:])
    with pytest.raises(ValueError, match=r'assertions.csv.gz is damaged after line \d+ '):
        graph(file).build(LABELS)


def test_members_one_after_another_and_padding(tmp_path):
    text = ('\n'.join(LINES) + '\n').encode()
    parts = gzip.compress(text[:333]) + gzip.compress(b'') + gzip.compress(text[333:])
    file = tmp_path / 'a.gz'
    file.write_bytes(parts + bytes(64))
    assert list(TextLines(file)) == [(number, line.encode()) for number, line in enumerate(LINES, 1)]
    assert graph(file).build(LABELS)[1]['matches'] == 5


def test_a_file_of_no_lines_is_refused_before_it_fills_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(text_lines, 'LONGEST_LINE', 1000)
    with pytest.raises(ValueError, match='x.csv:2: a line of more than'):
        graph(write(tmp_path, b'short\n' + b'x' * 5000, 'x.csv')).build(LABELS)


PAGE = b'<!DOCTYPE html>\n<html><body>\n<h1>503 Service Unavailable</h1>\n</body></html>\n'


@pytest.mark.parametrize('name, data, message', [
    ('a.csv', b'', 'a.csv is empty. .* five columns .* conceptnet-assertions-5.7.0.csv.gz'),
    ('a.csv.gz', gzip.compress(b''), 'a.csv.gz is empty. .* five columns'),
    ('a.csv', PAGE, 'a.csv:1: not five columns but 1; not one of 4 lines holds an assertion. .* five columns'),
    ('a.csv.gz', PAGE, 'a.csv.gz:1: not five columns but 1; not one of 4 lines'),
    ('a.csv', b'/a/x\t/r/IsA\t/c/en/dog\t/c/en/cat\t{"weight": }', 'a.csv:1: no json with a weight .* one of 1 lines'),
    ('a.csv.gz', b'', 'a.csv.gz is truncated: it has 0 bytes. Fetch it again'),
    ('a.csv.gz', b'\x1f', 'a.csv.gz is truncated: it has 1 bytes'),
    ('a.csv.gz', b'\x1f\x8b', 'a.csv.gz is truncated: it ends within its compressed data, after line 0'),
], ids=['empty', 'empty-gz', 'page', 'page-as-gz', 'json', '0-bytes', '1-byte', '2-bytes'])
def test_a_file_without_assertions_is_an_error_and_leaves_nothing(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    builder = LabelGraphBuilder(labels=LABELS, file=str(tmp_path / 'graph.npz'), knowledge=dict(
        type='ConceptNetGraph', file=str(tmp_path / name), progress=False))
    with pytest.raises(ValueError, match=message):
        builder.load_or_build()
    assert os.listdir(tmp_path) == [name]
