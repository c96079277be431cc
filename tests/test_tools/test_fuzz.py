"""The fuzzer finds what it looks for, and a few hundred inputs of all readers are treated as promised."""
import json
import os
import random
import sys
import zipfile

import numpy as np
import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / 'tools'))
import fuzz  # noqa: E402
from fuzzing import containers, seeds  # noqa: E402
from fuzzing.judge import judge, limit_memory  # noqa: E402
from fuzzing.mutations import MUTATIONS, json_value, number, zipped  # noqa: E402
from fuzzing.readers import READERS, Reader  # noqa: E402


def test_every_reader(run):
    """Six hundred: each place of a file, and half a dozen broken files, for every reader."""
    output = run(ROOT / 'tools/fuzz.py', '--inputs', 600, '--workers', 2)
    assert f'600 inputs of {len(READERS)} readers, seed 0: ' in output and ' 0 faults.' in output, output[-3000:]


@pytest.mark.parametrize('name', MUTATIONS)
def test_mutations_depend_on_the_seed_alone(name):
    for data in (b'', b'{"a": [1, 2.5, "x"]}', seeds.CHARADES, bytes(range(256))):
        first, again = (MUTATIONS[name](data, random.Random(7)) for _ in range(2))
        assert isinstance(first, bytes) and first == again
    assert len({MUTATIONS[name](seeds.TABLE, random.Random(seed)) for seed in range(30)}) > 1 or name in ('empty', 'bomb')


def test_mutations_that_know_a_format():
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }            \n"
    changed = {number(header, random.Random(seed)) for seed in range(400)}
    # blanks made room, so that the header keeps its length
    assert b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }  \n" in changed
    kinds = {str(json.loads(json_value(b'{"a": [1]}', random.Random(seed)))) for seed in range(400)}
    assert {"{'a': [None]}", "{'a': []}", '{}', "{'a': {}}"} <= kinds


@pytest.mark.parametrize('container, data', [(containers.ZIP, zipped({'a': b'1', 'b/c': b'2'})), (
    containers.GZIP, seeds.zipped_text(b'text')), (containers.ONNX, None)])
def test_containers_come_back(container, data):
    data = data or seeds.onnx_model()
    parts = container.unpack(data)
    assert container.unpack(container.pack(parts)) == parts and len(parts) == (4 if b'ReduceMean' in data else len(parts))
    if container is containers.ZIP:  # with a right checksum
        assert container.unpack(container.pack({**parts, 'a': b'other'}))['a'] == b'other'


def raising(error):
    def read(path):
        raise error(path) if isinstance(error, type(lambda: 0)) else error
    return read


def bad_zip(path):
    zipfile.ZipFile(path)


def masked(path):
    """A reader that turns a failed allocation into a refusal."""
    try:
        np.zeros(1 << 50)
    except MemoryError as error:
        raise ValueError(f'{path} is too large') from error


@pytest.mark.parametrize('read, kind', [
    (lambda path: 1, 'read'), (raising(lambda path: ValueError(f'{path} is broken')), 'refused'), (open, 'refused'),
    (raising(lambda path: OSError(28, 'full', path)), 'refused'), (raising(ValueError('it is broken')), 'fault'),
    (raising(EOFError('x')), 'fault'), (raising(lambda path: KeyError(path)), 'fault'), (raising(RecursionError()), 'fault'),
    (lambda path: path.encode().decode('utf-16'), 'fault'), (lambda path: json.loads(path), 'fault'),
    (lambda path: b'\xff'.decode(), 'fault'), (masked, 'fault'), (raising(MemoryError()), 'fault')])
def test_the_judge(tmp_path, read, kind):
    assert judge(read, str(tmp_path / 'gone')).kind == kind


def test_the_judge_of_zip_files(tmp_path):
    (tmp_path / 'a').write_bytes(b'text')
    assert judge(bad_zip, str(tmp_path / 'a')).kind == 'fault'


def hang(path):
    with open(path, 'rb') as file:  # a FIFO, which nobody writes to
        file.read()


def crash(path):
    os.abort()


def allocate(path):
    if os.path.isfile(path):
        np.ones(300_000_000, dtype=np.uint8)


@pytest.mark.parametrize('read', [hang, crash, allocate])
def test_hangs_crashes_and_allocations_are_faults(tmp_path, capsys, monkeypatch, read):
    """The second input is a FIFO. A reader that fails on the whole file ends the run before."""
    monkeypatch.setattr(fuzz, 'READERS', [Reader('bad', 'a.txt', lambda: b'text', read)])
    monkeypatch.setattr(judge, '__defaults__', (60., 1 << 26))
    caches = fuzz.reader_of, fuzz.whole, fuzz.others
    for cached in caches:
        cached.cache_clear()
    try:
        if read is hang:
            assert fuzz.fuzz(3, 0, ['bad'], 1, str(tmp_path), seconds=3) == 1
            assert 'FAULT bad 1 (a FIFO): the process crashed, or it took more than 3 s' in capsys.readouterr().out
        else:
            with pytest.raises(SystemExit, match='bad: the file is not read before it is broken: '):
                fuzz.fuzz(3, 0, ['bad'], 1, str(tmp_path), seconds=60)
    finally:
        for cached in caches:
            cached.cache_clear()


def test_memory_is_limited():
    child = os.fork()
    if not child:
        code = 1
        try:
            limit_memory(1 << 28)
            np.ones(1 << 29, dtype=np.uint8)
        except MemoryError:
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
