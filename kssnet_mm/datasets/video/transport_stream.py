"""Holes in MPEG transport streams, whose packets are numbered."""
from typing import Iterator, Optional

import numpy as np

SYNC = 0x47
# Bytes a packet: plain, with a time before it (.m2ts), with a checksum after it.
STEPS = (188, 192, 204)
# So many packets in a row begin with the sync byte where packets begin.
IN_A_ROW = 4


def first_hole(path: str, pid: int) -> Optional[int]:
    """The byte after which a packet of a stream is missing although others follow; None where none is.

    Each packet of a stream has a number from 0 to 15, one more than that of the packet before (ISO/IEC 13818-1, 2.4.3.3).
    After bytes that are no packets, such as zeros, the number tells nothing: 16 of them may be lost.
    FFmpeg passes over holes, and its decoders make something up for the frames that are predicted from what is lost.
    Where a hole ends at a keyframe nothing is: streams that were joined look so too.

    Args:
        path: A transport stream.
        pid: Number of the stream.
    """
    data = np.memmap(path, dtype=np.uint8, mode='r')
    first = True
    for begins in _runs(data):
        header = data[begins[:, None] + np.arange(6)].astype(np.int64)
        wanted = ((header[:, 1] & 0x1f) << 8 | header[:, 2]) == pid
        wanted &= (header[:, 3] & 0x10) > 0  # with content: the others have the number of the one before
        begins, header = begins[wanted], header[wanted]
        if not len(begins):
            continue
        numbers = header[:, 3] & 15
        # an adaptation field says that numbers begin anew, or that a keyframe begins
        excused = ((header[:, 3] & 0x20) > 0) & (header[:, 4] > 0) & ((header[:, 5] & 0xc0) > 0)
        step = np.diff(numbers, prepend=numbers[0] - (1 if first else 2)) % 16  # 0: it is there twice, as is allowed
        wrong = np.flatnonzero((step > 1) & ~excused)
        if len(wrong):
            return int(begins[wrong[0]])
        first = False
    return None


def _runs(data: np.ndarray) -> Iterator[np.ndarray]:
    """Where packets begin, in runs without anything else between them."""
    place = 0
    while place is not None and place < len(data) - IN_A_ROW * STEPS[0]:
        step = next((step for step in STEPS if _begins(data, place, step)), None)
        if step is None:
            place = _next(data, place + 1)
            continue
        begins = np.arange(place, len(data) - STEPS[0] + 1, step)
        lost = np.flatnonzero(data[begins] != SYNC)
        begins = begins[:lost[0]] if len(lost) else begins
        yield begins
        place = int(begins[-1]) + step


def _begins(data: np.ndarray, place: int, step: int) -> bool:
    found = data[place:place + IN_A_ROW * step:step]
    return len(found) == IN_A_ROW and bool((found == SYNC).all())


def _next(data: np.ndarray, place: int, block: int = 1 << 20) -> Optional[int]:
    """The next sync byte from a place on; None: there is none."""
    for begin in range(place, len(data), block):
        found = np.flatnonzero(data[begin:begin + block] == SYNC)
        if len(found):
            return begin + int(found[0])
    return None
