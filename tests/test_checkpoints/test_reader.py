"""Checkpoints are read without running anything, on every torch, and what is broken is named."""
import functools
import io
import os
import pickle
import random
import subprocess
import sys
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner.checkpoint import CheckpointLoader

from kssnet_mm.checkpoints import CheckpointError, read_checkpoint, write_checkpoint
from kssnet_mm.checkpoints.torch_archive import load_archive


class Payload:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path, )


def runner_content() -> dict:
    """What a runner's checkpoint holds, each kind once."""
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    optimizer = torch.optim.AdamW(net.parameters())
    net(torch.randn(4, 3)).sum().backward()
    optimizer.step()
    shared = torch.arange(12.)
    return dict(
        meta=dict(epoch=3, iter=9, seed=None, dataset_meta=dict(classes=('a', 'ä'))),
        state_dict=net.state_dict(),
        optimizer=optimizer.state_dict(),
        message_hub=dict(log_scalars=OrderedDict(loss=HistoryBuffer([1., 3.], [1, 1]), none=HistoryBuffer()),
                         runtime_info=OrderedDict(best_score=np.float64(2.5), step=np.int64(7), low=-float('inf'),
                                                  array=np.arange(3, dtype='float32'),
                                                  empty=np.zeros(0), names={'a', 'b'},
                                                  long=2**80)),
        extra=[shared[2:5], shared.view(3, 4).t(), torch.zeros(0), torch.tensor(True), torch.ones(2).bfloat16(),
               torch.nn.Parameter(torch.ones(1)), torch.Size([1, 2]), torch.float16, torch.tensor(1 + 2j)])


def same(a, b) -> bool:
    if isinstance(a, torch.Tensor):
        return type(a) is type(b) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, dict):
        return type(a) is type(b) and list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, HistoryBuffer):
        return type(b) is HistoryBuffer and all(np.array_equal(x, y) for x, y in zip(a.data, b.data))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    return type(a) is type(b) and a == b


# the reader that torch below 2.6 needs is tried with every torch
READERS = dict(ours=lambda path: load_archive(open(path, 'rb')), chosen=read_checkpoint,
               mmengine=lambda path: CheckpointLoader.load_checkpoint(path, 'cpu'))


@pytest.mark.parametrize('reader', READERS)
def test_a_runners_checkpoint_comes_back_as_it_was(tmp_path, reader):
    content, path = runner_content(), str(tmp_path / 'a.pth')
    write_checkpoint(content, path)
    found = READERS[reader](path)
    assert same(content, found)
    assert found['message_hub']['log_scalars']['loss'].mean() == 2.
    assert found['extra'][1].stride() == (1, 4)
    write_checkpoint(found, path)  # and goes on being one
    assert same(content, READERS[reader](path))


def test_views_of_one_storage_share_it_still(tmp_path):
    base = torch.arange(6.)
    write_checkpoint(dict(x=base, y=base[2:]), tmp_path / 'a.pth')
    found = load_archive(open(tmp_path / 'a.pth', 'rb'))
    found['x'][2] = 9.
    assert found['y'][0] == 9. and len(found['x'].untyped_storage()) == 24


@pytest.mark.parametrize('reader', READERS)
@pytest.mark.parametrize('zipped', [True, False])
def test_a_payload_is_not_run(tmp_path, reader, zipped):
    path = str(tmp_path / 'evil.pth')
    torch.save(dict(state_dict={}, x=Payload(tmp_path / 'run')), path, _use_new_zipfile_serialization=zipped)
    with pytest.raises((CheckpointError, pickle.UnpicklingError, zipfile.BadZipFile)):
        READERS[reader](path)
    assert not (tmp_path / 'run').exists()
    if reader == 'chosen':
        with pytest.raises(CheckpointError, match='evil.pth is refused: it is broken or holds more than tensors'):
            read_checkpoint(path)


def hand_made(path, program: bytes) -> str:
    """A zip file of torch whose pickle is written by hand."""
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('a/data.pkl', program)
        archive.writestr('a/version', '3\n')
        archive.writestr('a/data/0', bytes(16))
    return str(path)


STORAGE = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x04tQ"
PROGRAMS = {
    # getattr(HistoryBuffer, 'update')
    'another attribute': b'cbuiltins\ngetattr\n(cmmengine.logging.history_buffer\nHistoryBuffer\n'
                         b'X\x06\x00\x00\x00updatetR.',
    # setattr(HistoryBuffer, 'mean', OrderedDict) by the state of a class
    'attribute of a class': b'cmmengine.logging.history_buffer\nHistoryBuffer\n(N}X\x04\x00\x00\x00mean'
                            b'ccollections\nOrderedDict\nstb.',
    'a tensor beyond its storage': b'ctorch._utils\n_rebuild_tensor_v2\n(' + STORAGE + b'K\x00(K\x05t(K\x01t'
                                   b'\x89ccollections\nOrderedDict\n)RtR.',
    'a negative offset': b'ctorch._utils\n_rebuild_tensor_v2\n(' + STORAGE + b'J\xff\xff\xff\xff(K\x01t(K\x01t'
                         b'\x89ccollections\nOrderedDict\n)RtR.',
    'a dotted name': b'ctorch\nserialization.os.system\n(X\x04\x00\x00\x00truetR.',
    'a function of torch': b'ctorch\nload\n(X\x01\x00\x00\x00atR.',
}


REFUSALS = {
    'another attribute': 'asked for .*HistoryBuffer.*update: refused',
    'attribute of a class': 'an attribute of a class is set',
    'a tensor beyond its storage': 'a tensor is larger than its storage',
    'a negative offset': 'a tensor is larger than its storage',
    'a dotted name': 'torch.serialization.os.system is not allowed',
    'a function of torch': 'torch.load is not allowed',
}


@pytest.mark.parametrize('program', PROGRAMS)
def test_hand_made_pickles_reach_nothing(tmp_path, program):
    path = hand_made(tmp_path / 'a.pth', PROGRAMS[program])
    mean = HistoryBuffer.mean
    with pytest.raises((ValueError, pickle.UnpicklingError), match=REFUSALS[program]):  # not of its arguments
        load_archive(open(path, 'rb'))
    with pytest.raises(CheckpointError, match='a.pth is refused'):
        read_checkpoint(path)
    assert HistoryBuffer.mean is mean and HistoryBuffer([1.], [1]).mean() == 1.


def test_the_hand_made_form_is_read_where_it_is_harmless(tmp_path):
    """Otherwise the refusals above could have another reason."""
    program = (b'}X\x01\x00\x00\x00xctorch._utils\n_rebuild_tensor_v2\n(' + STORAGE + b'K\x00(K\x04t(K\x01t'
               b'\x89ccollections\nOrderedDict\n)RtRs.')
    assert torch.equal(load_archive(open(hand_made(tmp_path / 'a.pth', program), 'rb'))['x'], torch.zeros(4))


def test_a_flipped_bit_is_found_wherever_it_changes_anything(tmp_path):
    path, generator = tmp_path / 'a.pth', random.Random(0)
    content = dict(state_dict=dict(w=torch.arange(64.)), meta=dict(epoch=1))
    write_checkpoint(content, path)
    whole, refused = path.read_bytes(), 0
    with zipfile.ZipFile(path) as archive:
        data = next(record for record in archive.infolist() if record.filename.endswith('data/0'))
        start = whole.index(torch.arange(64.).numpy().tobytes())
    for i in range(len(whole)):
        changed = bytearray(whole)
        changed[i] ^= 1 << generator.randrange(8)
        path.write_bytes(changed)
        try:
            assert same(read_checkpoint(path), content), i  # padding and times of the zip format
        except CheckpointError as error:
            assert str(path) in str(error)
            refused += 1
        else:
            assert not start <= i < start + data.file_size, i
    assert refused > 256 + 100


@pytest.mark.parametrize('zipped', [True, False])
def test_every_truncation_is_refused_by_name(tmp_path, zipped):
    path = tmp_path / 'cut.pth'
    torch.save(dict(w=torch.arange(64.)), path, _use_new_zipfile_serialization=zipped)
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 37), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match='cut.pth is refused'):
            read_checkpoint(path)


def test_random_bytes_and_mutated_files_raise_nothing_else(tmp_path):
    """EOFError, struct.error, BadZipFile, UnicodeDecodeError, IndexError, MemoryError: none of them escapes."""
    generator, path = random.Random(1), tmp_path / 'x.pth'
    seeds = []
    for zipped in (True, False):
        buffer = io.BytesIO()
        torch.save(runner_content() if zipped else dict(w=torch.ones(3), meta=dict(a='b')), buffer,
                   _use_new_zipfile_serialization=zipped)
        seeds.append(buffer.getvalue())
    with zipfile.ZipFile(io.BytesIO(seeds[0])) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    for case in range(300):
        if case % 3 == 2:  # the checksums are right, the pickle is not
            mutated = bytearray(records['archive/data.pkl'])
            for _ in range(generator.randrange(1, 4)):
                mutated[generator.randrange(len(mutated))] = generator.randrange(256)
            with zipfile.ZipFile(path, 'w') as archive:
                for name, value in records.items():
                    archive.writestr(name, bytes(mutated) if name.endswith('data.pkl') else value)
        else:
            mutated = bytearray(seeds[case % 3])
            for _ in range(generator.randrange(1, 9)):
                mutated[generator.randrange(len(mutated))] = generator.randrange(256)
            path.write_bytes(mutated)
        try:
            read_checkpoint(path)
        except CheckpointError as error:
            assert 'x.pth is refused' in str(error)


def test_what_is_no_file_is_named_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match='gone.pth: no such file'):
        read_checkpoint(tmp_path / 'gone.pth')
    with pytest.raises(CheckpointError, match='is no regular file'):
        read_checkpoint(tmp_path)
    os.mkfifo(tmp_path / 'fifo.pth')
    with pytest.raises(CheckpointError, match='fifo.pth is no regular file'):
        read_checkpoint(tmp_path / 'fifo.pth')


def test_bombs_and_programs_are_refused(tmp_path):
    path = tmp_path / 'a.pth'
    torch.save(dict(w=torch.zeros(1000)), path)
    with zipfile.ZipFile(path) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, value in records.items():
            archive.writestr(name, value)
    with pytest.raises(CheckpointError, match='compressed or larger than the file'):
        read_checkpoint(path)
    torch.jit.script(torch.nn.ReLU()).save(path)
    with pytest.raises(CheckpointError, match='TorchScript'):
        read_checkpoint(path)


def test_only_dicts_are_checkpoints(tmp_path):
    for content, reason in (([1], 'it holds a list, no dict'), (dict(state_dict=3), 'its state_dict is a int'),
                            (dict(meta='x'), 'its meta is a str')):
        write_checkpoint(content, tmp_path / 'a.pth')
        with pytest.raises(CheckpointError, match=reason):
            read_checkpoint(tmp_path / 'a.pth')


def test_deep_nesting_is_an_error_like_any_other(tmp_path):
    content = functools.reduce(lambda inner, _: [inner], range(100), [])
    write_checkpoint(dict(x=content), tmp_path / 'a.pth')
    assert read_checkpoint(tmp_path / 'a.pth') == dict(x=content)
    hand_made(tmp_path / 'a.pth', b']' * 100000 + b'a' * 99999 + b'.')
    with pytest.raises(CheckpointError, match='a.pth is refused'):
        read_checkpoint(tmp_path / 'a.pth')


def test_a_downloaded_checkpoint_is_read_alike(tmp_path, monkeypatch):
    """Over http mmengine calls another function of torch."""
    torch.save(dict(x=Payload(tmp_path / 'run')), tmp_path / 'remote.pth')
    monkeypatch.setattr(torch.hub, 'get_dir', lambda: str(tmp_path / 'hub'))
    monkeypatch.setattr(torch.hub, 'download_url_to_file',
                        lambda url, path, *_: os.replace(tmp_path / 'remote.pth', path))
    with pytest.raises(CheckpointError, match='hub/checkpoints/evil-1234.pth is refused'):
        CheckpointLoader.load_checkpoint('https://example.org/a/evil-1234.pth', 'cpu')
    assert not (tmp_path / 'run').exists()


LIMITED = '''
import resource, signal, sys
from kssnet_mm.checkpoints import write_checkpoint
import torch
write_checkpoint(dict(x=torch.zeros(10)), sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50000, resource.RLIM_INFINITY))
try:
    write_checkpoint(dict(x=torch.zeros(100000)), sys.argv[1])
except OSError as error:
    print(error)
'''


def test_a_write_that_fails_names_the_file_and_leaves_the_former_one(tmp_path):
    done = subprocess.run([sys.executable, '-c', LIMITED, 'a.pth'], cwd=tmp_path, capture_output=True, text=True,
                          env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)))
    assert done.stdout.strip() == "[Errno 27] File too large; the file was not written: 'a.pth'", done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ['a.pth']
    assert len(read_checkpoint(tmp_path / 'a.pth')['x']) == 10


@pytest.mark.parametrize('zipped', [True, False])
def test_a_name_of_a_megabyte_is_refused_at_once(tmp_path, zipped):
    """torch's own refusal of an unknown name is searched by an expression that takes minutes for it."""
    file = io.BytesIO()
    torch.save(dict(w=torch.ones(2)), file, _use_new_zipfile_serialization=zipped)
    for name in (b'a' * 1_000_000, b'a.' * 500_000):
        def rename(data):
            return data.replace(b'ctorch._utils', b'c' + name, 1)

        if zipped:
            with zipfile.ZipFile(file) as old, zipfile.ZipFile(tmp_path / 'a.pth', 'w') as new:
                for record in old.namelist():
                    new.writestr(record, rename(old.read(record)))
        else:
            (tmp_path / 'a.pth').write_bytes(rename(file.getvalue()))
        with pytest.raises(CheckpointError, match='a.pth is refused: .*it names something of 10000.. characters'):
            read_checkpoint(tmp_path / 'a.pth')
