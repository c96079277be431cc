"""Reads and writes checkpoints: files of ``torch.save`` that hold a dict.

Files from elsewhere may be broken or hostile. Every reader of kssnet_mm comes here, and so do mmengine's own
(:func:`kssnet_mm.compat.read_checkpoints_by`).
"""
import io
import os
import pickletools
import stat
import tarfile
import zipfile
from typing import Any, BinaryIO

import torch

from kssnet_mm.compat import allow_checkpoint_types, restricts_loading
from kssnet_mm.utils.durable import write_durably

from .torch_archive import load_archive

ZIP_START = b'PK\x03\x04'
# TorchScript keeps its code and its constants under these names; torch.load would hand such a file to torch.jit.
SCRIPT_PARTS = ('/constants.pkl', '/code/')


allow_checkpoint_types()

# Files of torch before 1.6 are a magic number, a version, a description of the machine, the content and a list of
# storages, each a pickle, and then the numbers themselves.
LEGACY_PICKLES, LONGEST_NAME = 5, 1000


class CheckpointError(ValueError):
    """A file cannot be used as a checkpoint; the message names the file and says why."""


class MissingCheckpoint(CheckpointError, FileNotFoundError):
    """There is no checkpoint of that name."""


def read_checkpoint(path, map_location='cpu') -> dict:
    """Read a checkpoint without ever running code that it contains.

    Tensors, numbers, strings, their lists and dicts, and what a runner of mmengine keeps about a run are
    read; anything else is refused. The zip files that torch writes since version 1.6 carry a checksum of each
    record, and all of them are compared first: torch itself does not look at them, and a flipped bit would
    become a wrong weight. Older files have no checksums.

    Args:
        path: File.
        map_location: Device for the tensors, as for ``torch.load``.

    Returns:
        The dict.

    Raises:
        MissingCheckpoint: There is no such file; a FileNotFoundError too.
        CheckpointError: It is no regular file, is broken, holds anything else, or is no dict.
        OSError: It cannot be opened.
    """
    path = os.path.expanduser(os.fspath(path))
    if not os.path.exists(path):
        raise MissingCheckpoint(f'{path}: no such file')
    if not stat.S_ISREG(os.stat(path).st_mode):  # to open a FIFO would wait for ever
        raise CheckpointError(f'{path} is no regular file: a checkpoint is expected')
    with open(path, 'rb') as stream:
        return read_stream(stream, path, map_location)


def read_stream(stream: BinaryIO, name: str, map_location='cpu') -> dict:
    """:func:`read_checkpoint` for an opened file or a buffer; ``name`` is for the errors."""
    try:
        is_zip = check_archive(stream)
        stream.seek(0)
        if is_zip and not restricts_loading():
            content = load_archive(stream, map_location)
        else:
            content = torch.load(stream, map_location=map_location, weights_only=True)
        _check_layout(content)
    except Exception as error:  # a broken file raises nearly anything, from EOFError to RecursionError
        # what is wrong stands between two advices of torch, to unpickle the file freely and to allow a type
        reason = str(error).split('WeightsUnpickler error: ')[-1].split(' Please use ')[0].strip().splitlines()
        raise CheckpointError(f'{name} is refused: it is broken or holds more than tensors '
                              f'({type(error).__name__}: {reason[0] if reason else "no reason given"})') from error
    return content


def write_checkpoint(content: dict, path) -> None:
    """Write a checkpoint whole: see :func:`kssnet_mm.utils.durable.write_durably`."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_durably(path, buffer.getbuffer())


def check_archive(stream: BinaryIO) -> bool:
    """Compare the checksum of every record of a zip file, and refuse what torch would not read as tensors.

    Those are the tar and TorchScript files that torch below 2.6 executes in spite of ``weights_only``
    (CVE-2025-32434), and archives that take more room than they have.

    Returns:
        Whether it is a zip file, and not one of torch before 1.6.

    Raises:
        ValueError: What is wrong.
    """
    stream.seek(0, os.SEEK_END)
    size = stream.tell()
    stream.seek(0)
    start = stream.read(len(ZIP_START))
    stream.seek(0)
    if size == 0:
        raise ValueError('the file is empty')
    if start != ZIP_START:
        if tarfile.is_tarfile(stream):  # torch before 2.6 unpickles tar files freely
            raise ValueError('tar files of torch 0.1 are not read')
        _check_names(stream)
        return False
    with zipfile.ZipFile(stream) as archive:
        records = archive.infolist()
        names = [record.filename for record in records]
        if len(set(names)) < len(names):
            raise ValueError('a record is there twice')
        if any(part in name for name in names for part in SCRIPT_PARTS):
            raise ValueError('it is a TorchScript program, which holds code')
        # torch.save never compresses: sizes beyond the file's own are a bomb or a fault
        if (any(record.compress_type != zipfile.ZIP_STORED or record.file_size != record.compress_size
                for record in records) or sum(record.file_size for record in records) > size):
            raise ValueError('its records are compressed or larger than the file')
        broken = archive.testzip()
        if broken is not None:
            raise ValueError(f'the checksum of its record {broken} is wrong')
        for name in names:
            if name.endswith('/data.pkl'):
                with archive.open(name) as record:
                    _check_pickle(record)
    return True


def _check_names(stream: BinaryIO) -> None:
    """Refuse a file of torch before 1.6 that names something of no sensible length."""
    stream.seek(0)
    for _ in range(LEGACY_PICKLES):
        _check_pickle(stream)


def _check_pickle(stream: BinaryIO) -> None:
    """Refuse a pickle that names something of no sensible length.

    torch searches the message of its own refusal by an expression that takes minutes for a name of a megabyte.
    """
    for code, argument, _ in pickletools.genops(stream):
        if code.name in ('GLOBAL', 'INST') and len(argument) > LONGEST_NAME:
            raise ValueError(f'it names something of {len(argument)} characters')


def _check_layout(content: Any) -> None:
    """The parts that readers rely on have the types that they rely on."""
    if not isinstance(content, dict):
        raise ValueError(f'it holds a {type(content).__name__}, no dict')
    for key, kinds in (('state_dict', dict), ('meta', (dict, type(None)))):
        if key in content and not isinstance(content[key], kinds):
            raise ValueError(f'its {key} is a {type(content[key]).__name__}, no dict')
