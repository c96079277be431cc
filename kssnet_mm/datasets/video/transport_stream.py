"""Holes in MPEG transport streams, whose packets are numbered."""
from typing import Iterator, Optional, Tuple

import numpy as np

SYNC = 0x47
# Bytes a packet: plain, with a time before it (.m2ts), with a checksum after it.
STEPS = (188, 192, 204)
# So many packets in a row begin with the sync byte where packets begin.
IN_A_ROW = 4
# So many packets are looked at together; a broadcast of an hour has ten millions.
PIECE = 1 << 16


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
    seen, lost, last = False, False, 0
    for begins, follows in _runs(data):
        lost |= seen and not follows
        header = data[begins[:, None] + np.arange(6)].astype(np.int64)
        wanted = ((header[:, 1] & 0x1f) << 8 | header[:, 2]) == pid
        wanted &= (header[:, 3] & 0x10) > 0  # with content: the others have the number of the one before
        begins, header = begins[wanted], header[wanted]
        if not len(begins):
            continue
        numbers = header[:, 3] & 15
        # an adaptation field says that numbers begin anew, or that a keyframe begins
        excused = ((header[:, 3] & 0x20) > 0) & (header[:, 4] > 0) & ((header[:, 5] & 0xc0) > 0)
        before = numbers[0] - 2 if lost else last if seen else numbers[0] - 1
        step = np.diff(numbers, prepend=before) % 16  # 0: it is there twice, as is allowed
        wrong = np.flatnonzero((step > 1) & ~excused)
        if len(wrong):
            return int(begins[wrong[0]])
        seen, lost, last = True, False, numbers[-1]
    return None


def _runs(data: np.ndarray) -> Iterator[Tuple[np.ndarray, bool]]:
    """Where packets begin, in pieces without anything else between them, and whether a piece follows the one before."""
    place = 0
    while place is not None and place < len(data) - IN_A_ROW * STEPS[0]:
        step = next((step for step in STEPS if _begins(data, place, step)), None)
        if step is None:
            place = _next(data, place + 1)
            continue
        begin, other = place, []
        while not len(other) and place <= len(data) - STEPS[0]:
            begins = np.arange(place, min(place + PIECE * step, len(data) - STEPS[0] + 1), step)
            other = np.flatnonzero(data[begins] != SYNC)
            begins = begins[:other[0]] if len(other) else begins
            if len(begins):
                yield begins, place > begin
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
