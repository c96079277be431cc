"""Give every reader broken and hostile files: each must be read, or be refused in an error that names it.

The files are made from whole ones by fixed seeds, see tools/fuzzing/. A hang, a crash, another kind of error, an error
without the file's name or a large allocation is a fault: it is printed, the file is kept, and the exit code is 1.
"""
import os

from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('--inputs', type=int, default=1000, help='of all readers together')
    parser.add_argument('--seed', type=int, default=0, help='of the mutations')
    parser.add_argument('--readers', nargs='+', metavar='NAME', help='only those, by the beginnings of their names')
    parser.add_argument('--workers', type=int, default=os.cpu_count() or 1, help='processes')
    parser.add_argument('--seconds', type=float, default=60., help='that an input may take')
    parser.add_argument('--folder', help='keep the files of faults here (default: nowhere)')
    return parser.parse_args()


ARGS = parse_args() if __name__ == '__main__' else None  # before torch is imported, so that --help answers at once

import logging  # noqa: E402
import os.path as osp  # noqa: E402
import random  # noqa: E402
import shutil  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from collections import Counter  # noqa: E402
from functools import cache, partial  # noqa: E402
from typing import NamedTuple, Tuple  # noqa: E402

import torch  # noqa: E402

from kssnet_mm import register_all_modules  # noqa: E402
from kssnet_mm.datasets.isolated_map import CRASHED, isolated_map  # noqa: E402
from fuzzing.judge import Outcome, judge, limit_memory  # noqa: E402
from fuzzing.mutations import MUTATIONS  # noqa: E402
from fuzzing.readers import READERS, Reader  # noqa: E402

# What may stand in the place of a file.
PLACES = ('a folder', 'a FIFO', 'missing', 'an endless device', 'a link to itself')
# The number of the input that is not broken.
WHOLE = -1


class Input(NamedTuple):
    """The ``number``-th input of a reader, by name."""
    reader: str
    number: int


@cache
def reader_of(name: str) -> Reader:
    return next(reader for reader in READERS if reader.name == name)


@cache
def whole(name: str) -> bytes:
    """The file that the mutations begin with; made before the processes are forked."""
    return reader_of(name).seed()


@cache
def others(name: str) -> dict:
    return reader_of(name).beside()


def broken(job: Input, seed: int) -> Tuple[str, object]:
    """Name of what was done, and the bytes; None in their place for one of :data:`PLACES`."""
    if job.number == WHOLE:
        return 'nothing', whole(job.reader)
    if job.number < len(PLACES):
        return PLACES[job.number], None
    choose = random.Random(f'{seed} {job.reader} {job.number}')
    container, data = reader_of(job.reader).container, whole(job.reader)
    names = choose.choices(list(MUTATIONS), k=choose.choice((1, 1, 2)))
    if container is not None and choose.random() < .6:
        parts = container.unpack(data)
        part = choose.choice(sorted(parts))
        for name in names:
            parts[part] = MUTATIONS[name](parts[part], choose)
        return f'{" and ".join(names)} of {part or "the content"}', container.pack(parts)
    for name in names:
        data = MUTATIONS[name](data, choose)
    return ' and '.join(names), data


def put(path: str, place: str, data: object) -> None:
    """Write the bytes, or put in their place what ``place`` says."""
    if data is not None:
        with open(path, 'wb') as file:
            file.write(data)
    elif place == 'a folder':
        os.mkdir(path)
    elif place == 'a FIFO':
        os.mkfifo(path)
    elif place == 'an endless device':
        os.symlink('/dev/zero', path)
    elif place == 'a link to itself':
        os.symlink(path, path)


def try_one(job: Input, seed: int, folder: str, seconds: float) -> Tuple[str, Outcome]:
    """What was done to the file, and how the reader took it; its folder stays where that was a fault."""
    _prepare()
    reader = reader_of(job.reader)
    home = osp.join(folder, f'{job.reader} {job.number}'.replace(' ', '_'))
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    for name, content in others(job.reader).items():
        with open(osp.join(home, name), 'wb') as file:
            file.write(content)
    what, data = broken(job, seed)
    path = osp.join(home, reader.file)
    put(path, what, data)
    outcome = judge(reader.read, path, seconds, program=reader.program)
    if outcome.kind != 'fault':
        shutil.rmtree(home)
    return what, outcome


@cache
def _prepare() -> None:
    """Once in each process."""
    limit_memory()
    warnings.simplefilter('ignore')
    logging.disable(logging.CRITICAL)
    with open(os.devnull, 'w') as nothing:  # what decoders print
        os.dup2(nothing.fileno(), 1)
        os.dup2(nothing.fileno(), 2)


def fuzz(inputs: int, seed: int, names: list, workers: int, folder: str, seconds: float = 60.) -> int:
    """Try so many inputs, in turn for each reader; print the counts and return the number of faults."""
    began, faults = time.time(), 0
    for name in names:
        whole(name), others(name)
    jobs = [Input(name, WHOLE) for name in names]
    jobs += [Input(names[i % len(names)], i // len(names)) for i in range(inputs)]
    counts = {name: Counter() for name in names}
    run = partial(try_one, seed=seed, folder=folder, seconds=seconds)
    for job, result in isolated_map(run, jobs, workers, chunksize=16):
        what, outcome = result if result != CRASHED else (
            broken(job, seed)[0], Outcome('fault', f'the process crashed, or it took more than {seconds:g} s'))
        if job.number == WHOLE:
            if outcome.kind != 'read':
                raise SystemExit(f'error: {job.reader}: the file is not read before it is broken: {outcome.message}')
            continue
        counts[job.reader][outcome.kind] += 1
        if outcome.kind == 'fault':
            faults += 1
            print(f'FAULT {job.reader} {job.number} ({what}): {outcome.message}', flush=True)
    width = max(map(len, names))
    print(f'{"reader":{width}}  inputs    read refused  faults')
    for name in names:
        count = counts[name]
        print(f'{name:{width}} ' + ' '.join(f'{n:7}' for n in (
            count.total(), count['read'], count['refused'], count['fault'])))
    total = sum(counts.values(), Counter())
    print(f'{inputs} inputs of {len(names)} readers, seed {seed}: {total["read"]} read, {total["refused"]} refused by '
          f'name, {faults} faults. {time.time() - began:.0f} s')
    return faults


def main(args):
    names = [reader.name for reader in READERS
             if args.readers is None or reader.name.startswith(tuple(args.readers))]
    if not names:
        raise ValueError(f'no such reader; there are {", ".join(reader.name for reader in READERS)}')
    torch.set_num_threads(1)  # threads do not survive a fork
    register_all_modules()
    with tempfile.TemporaryDirectory() as temporary:
        return min(fuzz(args.inputs, args.seed, names, args.workers, osp.abspath(args.folder or temporary),
                        args.seconds), 1)


if __name__ == '__main__':
    run_command(main, ARGS)
