"""Arrays in zip files: whole ones come through, broken and hostile ones are named before memory is taken."""
import io
import os
import resource
import zipfile

import numpy as np
import pytest

from kssnet_mm.utils import npz_files
from kssnet_mm.utils.npz_files import read_npz

ARRAYS = dict(a=np.arange(6.).reshape(2, 3), text=np.array(['ä', 'b']), f=np.asfortranarray(np.eye(3)),
              empty=np.zeros((0, 4)), one=np.array(5), big_endian=np.arange(3, dtype='>i2'))


@pytest.mark.parametrize('save', [np.savez, np.savez_compressed])
def test_as_numpy_reads_them(tmp_path, save):
    save(tmp_path / 'a.npz', **ARRAYS)
    read = read_npz(tmp_path / 'a.npz', 'no file')
    with np.load(tmp_path / 'a.npz') as expected:
        assert set(read) == set(expected) == set(ARRAYS)
        for name, array in read.items():
            assert array.dtype == expected[name].dtype and np.array_equal(array, expected[name])
    assert list(read_npz(tmp_path / 'a.npz', 'no file', ('text', 'gone'))) == ['text']


def member(shape, content, name='a.npy', method=zipfile.ZIP_DEFLATED, dtype='|u1'):
    """An npz whose array announces a shape and has that content."""
    header, file = io.BytesIO(), io.BytesIO()
    np.lib.format.write_array_header_1_0(header, dict(descr=dtype, fortran_order=False, shape=shape))
    with zipfile.ZipFile(file, 'w', method) as archive:
        archive.writestr(name, header.getvalue() + content)
    return file.getvalue()


@pytest.mark.parametrize('content, message', [
    (b'', 'the file is empty'), (b'text', 'no whole .npz file'), (member((4, ), bytes(4))[:-1], 'no whole .npz'),
    (member((5, ), bytes(4)), r"'a' is announced as uint8 of shape \(5,\), and has another size"),
    (member((1 << 60, ), bytes(4)), 'has another size'), (member((1 << 60, 0), bytes(4)), 'has another size'),
    (member((4, ), bytes(4), 'a.txt'), "this one 'a.txt'"),
    (member((1, ), b'cos\nsystem\n.', dtype='|O'), "'a' holds objects of Python"),
    (member((4, ), bytes(4), method=zipfile.ZIP_STORED).replace(b'\0\0\0\0', b'\0\0\1\0'), '.')])
def test_what_is_wrong_is_named(tmp_path, content, message):
    (tmp_path / 'a.npz').write_bytes(content)
    with pytest.raises(ValueError, match=f'a.npz is no table: .*{message}'):
        read_npz(tmp_path / 'a.npz', 'no table')


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    size = 300_000_000
    (tmp_path / 'a.npz').write_bytes(member((size, ), bytes(size)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match='its arrays would take 300,000,128 bytes, .* without compression'):
        read_npz(tmp_path / 'a.npz', 'no table')
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_the_bound_is_a_setting_and_grows_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(npz_files, 'SMALL', 1000)
    array = np.zeros(100_000, dtype=np.uint8)
    np.savez_compressed(tmp_path / 'a.npz', a=array)
    with pytest.raises(ValueError, match='a.npz is no table: its arrays would take 100,128 bytes'):
        read_npz(tmp_path / 'a.npz', 'no table')
    np.savez(tmp_path / 'a.npz', a=array)
    assert read_npz(tmp_path / 'a.npz', 'no table')['a'].shape == (100_000, )


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / 'fifo.npz')
    for path, message in ((tmp_path / 'fifo.npz', 'fifo.npz is no regular file'), (tmp_path, 'is a folder')):
        with pytest.raises(ValueError, match=message):
            read_npz(path, 'no table')
    with pytest.raises(FileNotFoundError, match='gone.npz'):
        read_npz(tmp_path / 'gone.npz', 'no table')


@pytest.mark.parametrize('order', '<>')
def test_numbers_that_are_no_characters(tmp_path, order):
    text = np.array([['ab', 'c']], dtype=f'{order}U2')
    np.savez(tmp_path / 'a.npz', text=text)
    assert read_npz(tmp_path / 'a.npz', 'no file')['text'].tolist() == [['ab', 'c']]
    text.view(f'{order}u4')[0, 1] = 0x110000  # the first that is none
    np.savez(tmp_path / 'a.npz', text=text)
    with pytest.raises(ValueError, match=r"a.npz is no file: 'text' holds characters that no text has"):
        read_npz(tmp_path / 'a.npz', 'no file')
