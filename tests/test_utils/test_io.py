"""Files appear whole or not at all."""
import json
import os
import stat

import numpy as np
import pytest

from kssnet_mm.utils.io import few, listed, whole_file, write_arrays, write_atomically, write_numbers


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / 'new/x.txt'
    write_atomically(path, 'old é')
    with pytest.raises(RuntimeError), whole_file(path) as temporary:
        assert temporary != str(path)
        open(temporary, 'w').close()
        raise RuntimeError
    assert path.read_bytes() == 'old é'.encode() and [p.name for p in path.parent.iterdir()] == ['x.txt']


@pytest.mark.parametrize('ascii', [False, True])
def test_a_name_that_is_no_text_is_written(tmp_path, ascii):
    """As of a file that was unpacked from another system's archive."""
    name = os.fsdecode(b'caf\xe9 \xc3\xa9.jpg')
    write_atomically(tmp_path / 'a.json', json.dumps([name], ensure_ascii=ascii))
    assert json.loads((tmp_path / 'a.json').read_text(encoding='utf-8')) == [name]


def test_two_writers_have_names_of_their_own(tmp_path):
    with whole_file(tmp_path / 'x') as one, whole_file(tmp_path / 'x') as other:
        assert one != other
        for name in (one, other):
            with open(name, 'w') as file:
                file.write(name)
    assert (tmp_path / 'x').read_text() == one  # the last one to end


def test_numbers_and_arrays(tmp_path):
    write_numbers(tmp_path / 'n.json', dict(a=.5, b=float('nan')))
    assert json.loads((tmp_path / 'n.json').read_text()) == dict(a=.5, b=None)
    write_arrays(tmp_path / 'a', x=[1, 2])
    assert np.load(tmp_path / 'a')['x'].tolist() == [1, 2]


def test_long_lists_are_cut():
    assert listed(list('abc'), 3) == 'a, b, c' and listed(list('abcd'), 2, '; ') == 'a; b and 2 more'
    assert few(['a', 3, 'b', 'c']) == "'a', '3', 'b' and 1 more"


def test_a_failed_write_names_the_file(tmp_path):
    """A full disk's error names no file, and that of another file keeps its name."""
    path = str(tmp_path / 'x.csv')
    with pytest.raises(OSError, match='No space left on device; the file was not written') as raised:
        with whole_file(path):
            raise OSError(28, 'No space left on device')
    assert raised.value.filename == path
    with pytest.raises(OSError) as raised:
        with whole_file(path):
            open(tmp_path / 'other')
    assert raised.value.filename == str(tmp_path / 'other') and os.listdir(tmp_path) == []


def test_a_link_stays_and_its_file_is_written(tmp_path):
    (tmp_path / 'there').mkdir()
    (tmp_path / 'there/x').write_text('old')
    (tmp_path / 'link').symlink_to(tmp_path / 'there/x')
    write_atomically(tmp_path / 'link', 'new')
    assert (tmp_path / 'link').is_symlink() and (tmp_path / 'there/x').read_text() == 'new'
    assert os.listdir(tmp_path / 'there') == ['x']


def test_what_is_no_file_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / 'fifo')
    (tmp_path / 'folder').mkdir()
    for name, match in (('fifo', 'this is no regular file'), ('folder', 'this is a folder')):
        with pytest.raises(OSError, match=match) as raised:
            write_atomically(tmp_path / name, 'text')
        assert raised.value.filename == str(tmp_path / name)
    assert stat.S_ISFIFO(os.stat(tmp_path / 'fifo').st_mode) and len(os.listdir(tmp_path)) == 2


@pytest.mark.parametrize('letter', ['a', 'é'])
def test_the_longest_names_are_written(tmp_path, letter):
    name = letter * (255 // len(letter.encode()))
    write_atomically(tmp_path / name, 'text')
    assert os.listdir(tmp_path) == [name]
