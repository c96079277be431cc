"""Text files: UTF-8 is read, everything else is named."""
import gzip
import os

import pytest

from kssnet_mm.utils.text_files import read_lines, read_text

TEXT = 'Tür\nŒuvre\n'


def test_utf8_with_and_without_a_mark_and_any_ends_of_lines(tmp_path):
    for encoding in ('utf-8', 'utf-8-sig'):
        for end in ('\n', '\r\n', '\r'):
            (tmp_path / 't').write_bytes(TEXT.replace('\n', end).encode(encoding))
            assert read_text(tmp_path / 't') == ''.join(read_lines(tmp_path / 't')) == TEXT


@pytest.mark.parametrize('content, message', [
    ('a\nTür\n'.encode('latin-1'), ':2: byte 0xfc is not UTF-8; the file is probably encoded as Latin-1'),
    (b'\xef\xbb\xbfa\n\nb\xe9', ':3: byte 0xe9 is not UTF-8'),
    ('a'.encode('utf-16'), ' is encoded as UTF-16: save it as UTF-8'),
    (b'\xfe\xff' + 'a'.encode('utf-16-be'), ' is encoded as UTF-16'), ('a'.encode('utf-32'), ' is encoded as UTF-32'),
    ('x\nab'.encode('utf-16-le'), ':1: a zero byte.*UTF-16'), (gzip.compress(b'a', mtime=0), ' is no text file: .*gzip'),
    (b'PK\x03\x04', ' is no text file: it is a zip')])
def test_other_files_are_named(tmp_path, content, message):
    (tmp_path / 't.csv').write_bytes(content)
    for read in (read_text, lambda path: list(read_lines(path))):
        with pytest.raises(ValueError, match=f't.csv{message}'):
            read(tmp_path / 't.csv')


def test_only_regular_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / 'fifo')
    with pytest.raises(ValueError, match='fifo is no regular file'):
        read_text(tmp_path / 'fifo')
    with pytest.raises(ValueError, match='is a folder'):
        next(read_lines(tmp_path))
    with pytest.raises(FileNotFoundError):
        read_text(tmp_path / 'gone')
