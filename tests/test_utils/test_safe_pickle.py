"""Pickles: plain data, arrays and tensors come through, everything else is refused by name."""
import collections
import io
import os
import pickle

import numpy as np
import pytest
import torch

from kssnet_mm.utils.safe_pickle import STAND_INS, read_safe_pickle

ARRAYS = [np.arange(6.).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.arange(3, dtype='>i2'),
          np.array([True, False]), np.zeros((0, 4), dtype=np.float32)]
BASE = torch.arange(24.).reshape(2, 3, 4)
TENSORS = [BASE, BASE[1, :, 2], BASE.transpose(0, 2), BASE.bfloat16(), BASE.half(), BASE.double(), BASE > 3,
           BASE.long()[0], torch.zeros(0, 4), torch.tensor(2.5)]
OTHERS = [np.float32(2.5), 'text', 4, None, (5, 6.), {'a': [b'x']}]


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_come_through_in_every_protocol(tmp_path, protocol):
    path = tmp_path / 'd.pkl'
    path.write_bytes(pickle.dumps(dict(arrays=ARRAYS, tensors=TENSORS, others=OTHERS), protocol))
    read = read_safe_pickle(path)
    expected = ARRAYS + [(t.float() if t.dtype == torch.bfloat16 else t).numpy() for t in TENSORS]
    for got, array in zip(read['arrays'] + read['tensors'], expected):
        assert got.dtype == array.dtype
        np.testing.assert_array_equal(got, array)
    assert len(read['arrays'] + read['tensors']) == len(expected) and read['others'] == OTHERS


def test_text_of_python_2_is_bytes(tmp_path):
    # The state of a float32 [1, 2] as Python 2 wrote it: raw bytes as a str of protocol 2.
    path = tmp_path / 'python2.pkl'
    path.write_bytes(b'\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R'
                     b'(K\x01K\x02\x85cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xff'
                     b'J\xff\xff\xff\xffK\x00tb\x89U\x08\x00\x00\x80?\x00\x00\x00@tb.')
    assert np.array_equal(read_safe_pickle(path), np.array([1, 2], dtype=np.float32))


class Calls:
    """Pickled as a call of a function, which unpickling would make."""

    def __init__(self, function, *arguments):
        self.made_by = function, arguments

    def __reduce__(self):
        return self.made_by


MARK = []


def mark(*_):
    MARK.append(1)


def storage(**kwargs):
    stream = io.BytesIO()
    torch.save(torch.arange(4.).storage(), stream, **kwargs)
    return stream.getvalue()


def evil_storage():
    start = storage(_use_new_zipfile_serialization=False)
    first = len(pickle.dumps(torch.serialization.MAGIC_NUMBER, 2))
    return start[:first] + pickle.dumps(1001, 2) + pickle.dumps({}, 2) + pickle.dumps(Calls(mark), 2)


def tensor(size, stride, offset=0, data=None):
    data = storage(_use_new_zipfile_serialization=False) if data is None else data
    return Calls(torch._utils._rebuild_tensor_v2, Calls(torch.storage._load_from_bytes, data), offset, size, stride,
                 False, collections.OrderedDict())


@pytest.mark.filterwarnings('ignore:TypedStorage is deprecated')
@pytest.mark.parametrize('make, message', [
    (lambda: Calls(os.system, 'true'), r'it tried to load (posix|nt)\.system; only dicts, lists, text'),
    (lambda: Calls(eval, '1'), r'tried to load (builtins|__builtin__)\.eval'),
    (lambda: dict(adj=np.ones(2), extra=Calls(getattr, 'a', 'upper')), r'(builtins|__builtin__)\.getattr'),
    (lambda: Calls(mark), r'it tried to load test_safe_pickle\.mark'),
    (lambda: torch.nn.Linear(1, 1), r'it tried to load torch\.nn\.modules\.linear\.Linear'),
    (lambda: torch.nn.Parameter(BASE), r'it tried to load torch\._utils\._rebuild_parameter'),
    (lambda: np.ma.masked_array([1., 2.], [True, False]), r'tried to load numpy\.ma'),
    (lambda: io.BytesIO(b''), r'_io\.BytesIO'),
    (lambda: np.array([None, 'x'], dtype=object), 'not plain numbers'), (lambda: {1, 2}, r'a set|builtin__\.set'),
    (lambda: tensor((4, ), (1, ), data=storage()), 'a storage in another form'),
    (lambda: tensor((4, ), (1, ), data=evil_storage()), 'is refused'),
    (lambda: tensor((5, ), (1, )), r'a tensor of size \(5,\) beyond its storage of 4'),
    (lambda: tensor((2, ), (1, ), offset=3), 'beyond its storage'),
    (lambda: tensor((2, ), (-1, ), offset=3), 'beyond its storage'),
    (lambda: tensor((2, 2), (1, )), 'beyond its storage'),
    (lambda: Calls(torch.storage._load_from_bytes, 'text'), 'is refused'),
    (lambda: Calls(torch._utils._rebuild_tensor_v2, [1.], 0, (1, ), (1, )), 'a tensor without a storage')])
@pytest.mark.parametrize('protocol', [2, 4])
def test_everything_else_is_refused_by_name(tmp_path, make, message, protocol):
    MARK.clear()
    (tmp_path / 'bad.pkl').write_bytes(pickle.dumps([make()], protocol))
    with pytest.raises(ValueError, match=message) as error:
        read_safe_pickle(tmp_path / 'bad.pkl')
    assert 'bad.pkl is refused: ' in str(error.value) and not MARK


@pytest.mark.parametrize('name', STAND_INS)
def test_a_stand_in_cannot_be_changed(tmp_path, name):
    """BUILD on what a name is served by, which would change it for every later reader."""
    module, _, attribute = name.rpartition('.')
    for state in (dict(x=1), (None, dict(call=1)), (None, dict(__call__=1))):
        content = f'\x80\x02c{module}\n{attribute}\n'.encode('latin1') + pickle.dumps(state, 2)[2:-1] + b'b.'
        (tmp_path / 'bad.pkl').write_bytes(content)
        with pytest.raises(ValueError, match='is refused'):
            read_safe_pickle(tmp_path / 'bad.pkl')
    assert not hasattr(STAND_INS[name], 'x')


def test_broken_files_are_refused(tmp_path):
    path, whole = tmp_path / 'bad.pkl', pickle.dumps([np.arange(100.), BASE], 3)
    short = pickle.dumps(np.arange(100.), 3).replace(b'K\x64\x85', b'K\x63\x85')  # claims 99 of its 100 numbers
    for content in (b'', b'text', whole[:40], whole[:-5], whole[:-1], whole[:len(whole) // 2], short):
        path.write_bytes(content)
        with pytest.raises(ValueError, match='bad.pkl is refused: .'):
            read_safe_pickle(path)
    path.write_bytes(whole)
    assert np.array_equal(read_safe_pickle(path)[0], np.arange(100.))
    with pytest.raises(FileNotFoundError):
        read_safe_pickle(tmp_path / 'gone.pkl')


def test_counts_beyond_the_file_are_refused_before_memory_is_taken(tmp_path):
    """pickle itself would make a table of 2**32 places of 8 bytes, and read the file afterwards."""
    for content in (b'Nr\xff\xff\xff\x7f.', b'Np99999999999\n.', b'\x8e' + b'\xff' * 7 + b'\x7fx.',
                    b'\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN.'):
        (tmp_path / 'bad.pkl').write_bytes(content)
        with pytest.raises(ValueError, match='bad.pkl is refused: ') as error:
            read_safe_pickle(tmp_path / 'bad.pkl')
        assert not isinstance(error.value.__cause__, MemoryError)
    (tmp_path / 'bad.pkl').write_bytes(pickle.dumps([tensor((1 << 40, ), (0, ))], 2))
    with pytest.raises(ValueError, match='beyond its storage of 4'):
        read_safe_pickle(tmp_path / 'bad.pkl')


def test_an_object_that_is_named_often_is_made_once(tmp_path):
    """A list of two lists of two lists ...: 2**100 entries in a few hundred bytes."""
    nested = ['x']
    for _ in range(100):
        nested = [nested, nested]
    (tmp_path / 'n.pkl').write_bytes(pickle.dumps(nested))
    read = read_safe_pickle(tmp_path / 'n.pkl')
    while len(read) == 2:
        assert read[0] is read[1]
        read = read[0]
    assert read == ['x']


def test_a_fifo_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / 'a.pkl')
    with pytest.raises(ValueError, match='a.pkl is no regular file'):
        read_safe_pickle(tmp_path / 'a.pkl')
