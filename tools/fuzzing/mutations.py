"""Broken and hostile forms of a file's bytes: pure functions of the bytes and a ``random.Random``."""
import gzip
import io
import json
import random
import re
import zipfile
from functools import cache
from typing import Any, Callable, Dict, List

import numpy as np

Random = random.Random
NUMBERS = (b'0', b'-1', b'99999999999', b'4294967295', b'9223372036854775807', b'1e999', b'nan', b'-inf', b'0.5')
WORDS = (b'\x00', b'\xff\xfe', b'\xef\xbb\xbf', b'\n', b'\t', b'"', b',', b';', b'{', b'[', b'\xc3', b'=1+1', b'\r')
WRONG = (None, True, -1, 0, 1.5, 10**30, float('nan'), float('inf'), '', 'x', '\ud800', [], {}, [[]], {'id': []},
         ['a', 'a'])


def truncate(data: bytes, random: Random) -> bytes:
    """The beginning alone."""
    return data[:random.randrange(max(len(data), 1))]


def empty(data: bytes, random: Random) -> bytes:
    """Nothing."""
    return b''


def flip(data: bytes, random: Random) -> bytes:
    """A few bits changed."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 64)) if data else 0):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def splice(data: bytes, random: Random) -> bytes:
    """A piece repeated, moved or left out."""
    first, last = sorted(random.randrange(len(data) + 1) for _ in range(2))
    place = random.randrange(len(data) + 1)
    piece = data[first:min(last, first + 4096)] * random.choice((1, 1, 2, 50))
    return random.choice((data[:first] + data[last:], data[:place] + piece + data[place:],
                          data[:place] + piece + data[place + len(piece):]))


def zero(data: bytes, random: Random) -> bytes:
    """A part overwritten with zeros, as by a download that left holes."""
    first, last = sorted(random.randrange(len(data) + 1) for _ in range(2))
    return data[:first] + bytes(last - first) + data[last:]


def huge(data: bytes, random: Random) -> bytes:
    """Four or eight bytes overwritten with a large number: a count, a size or an offset."""
    place = random.randrange(max(len(data), 1))
    number = random.choice((b'\xff\xff\xff\x7f', b'\x7f\xff\xff\xff', b'\xff' * 8, b'\xff' * 7 + b'\x7f', b'\0\0\0\x40'))
    return data[:place] + number + data[place + len(number):]


def number(data: bytes, random: Random) -> bytes:
    """A number in a text, or in the header of an array, in the place of another; blanks after it make room."""
    found = list(re.finditer(rb'\d+(?:\.\d+)?', data[:1 << 16]))
    if not found:
        return insert(data, random)
    match, new = random.choice(found), random.choice(NUMBERS)
    rest, longer = data[match.end():], len(new) - len(match[0])
    room = rest.find(b' ' * longer) if longer > 0 else -1
    rest = rest[:room] + rest[room + longer:] if 0 <= room < 200 else rest
    return data[:match.start()] + new + rest


def insert(data: bytes, random: Random) -> bytes:
    """A character that means something, in the middle of what it does not belong to."""
    place = random.randrange(len(data) + 1)
    return data[:place] + random.choice(WORDS) * random.choice((1, 1, 3)) + data[place:]


def long_line(data: bytes, random: Random) -> bytes:
    """One line of a megabyte."""
    place = random.randrange(len(data) + 1)
    return data[:place] + random.choice((b'a', b' 1', b',', b'9')) * (1 << 20) + data[place:]


def encoding(data: bytes, random: Random) -> bytes:
    """The text in another encoding."""
    text = data.decode('utf-8', 'replace') + random.choice(('', 'äé', '日本'))
    return random.choice((text.encode('utf-16'), text.encode('latin-1', 'replace') + b'\xe4\n', text.encode('utf-32'),
                          b'\xef\xbb\xbf' + data, data.replace(b'\n', b'\r')))


def nested(data: bytes, random: Random) -> bytes:
    """Brackets a hundred thousand deep."""
    opening = random.choice((b'[', b'{"a":', b'<a>', b'(', b'- '))
    return random.choice((b'', data[:len(data) // 2])) + opening * 100_000


def compressed(data: bytes, random: Random) -> bytes:
    """The file inside of a .gz or a .zip, under its old name."""
    if random.random() < .5:
        return gzip.compress(data, 1)
    return zipped({'content': data})


def bomb(data: bytes, random: Random) -> bytes:
    """A small file that unpacks to a large one."""
    return random.choice((gzip_bomb, zip_bomb))()


def other_kind(data: bytes, random: Random) -> bytes:
    """A picture, a web page, a pickle that calls a function: what users and attackers give by that name."""
    return random.choice((b'\x89PNG\r\n\x1a\n' + bytes(range(256)), b'<!DOCTYPE html><html><body>404</body></html>',
                          b'cos\nmkdir\n(S"pwned"\ntR.', b'\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.', b'null', b'0',
                          b'%PDF-1.7\n', b'\x7fELF' + bytes(60), bytes(4096), bytes(range(256)) * 8))


def json_value(data: bytes, random: Random) -> bytes:
    """A value of a json text replaced, left out or put elsewhere; other text gets another number."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):  # no json, or brackets that another mutation put 100,000 deep
        return number(data, random)
    places: List[tuple] = []

    def walk(value: Any) -> None:
        for key in (value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()):
            places.append((value, key))
            walk(value[key])

    walk(content)
    if not places:
        return json.dumps(random.choice(WRONG)).encode()
    holder, key = random.choice(places)
    if random.random() < .25:
        del holder[key]
    elif random.random() < .3:
        other, source = random.choice(places)
        holder[key] = json.loads(json.dumps(other[source])) if _has(other, source) else None
    else:
        holder[key] = random.choice(WRONG)
    return json.dumps(content).encode()


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else key < len(holder)


def zipped(members: Dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip file with right checksums."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, 'w', method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@cache
def gzip_bomb() -> bytes:
    """4 GiB of zeros in 4 MB."""
    return gzip.compress(bytes(1 << 26), 1) * 64


@cache
def zip_bomb() -> bytes:
    """An array of 300 million zeros in 300 KB, under the names that our files have."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, dict(descr='|u1', fortran_order=False, shape=(300_000_000, )))
    content = header.getvalue() + bytes(300_000_000)
    return zipped({'labels.npy': content}, zipfile.ZIP_DEFLATED)


MUTATIONS: Dict[str, Callable[[bytes, Random], bytes]] = {
    function.__name__: function for function in (
        truncate, empty, flip, splice, zero, huge, number, insert, long_line, encoding, nested, compressed, bomb,
        other_kind, json_value)}
