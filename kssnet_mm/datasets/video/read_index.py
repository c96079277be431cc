"""Find out which frames a video has and when they are shown."""
import os
from fractions import Fraction
from functools import lru_cache
from typing import List, NamedTuple, Optional

import numpy as np

from .container import VideoError, open_video, packets
from .decoded_frames import decoded_frames
from .frame_index import FrameIndex
from .presented import pixel_shape
from .transport_stream import first_hole

# Containers that give every frame one packet with its presentation time stamp. Others leave stamps out (AVI, raw
# streams), split frames (MPEG-TS) or put two into one packet (AVI), so that only decoding tells.
STAMPED = {'mp4', 'matroska', 'flv'}
# Codecs with packets that show nothing of their own.
HIDDEN = {'vp8', 'libvpx'}
# Share of the announced duration that may be missing: headers count a last frame that is not there now and then.
TOLERANCE = 0.02


class _Packets(NamedTuple):
    """What a container says without decoding: stamps of the frames that it wants shown, and of all keyframes."""
    stamps: List[Optional[int]]
    keyframes: List[int]
    last_duration: int
    whole: bool


def read_index(path: str) -> FrameIndex:
    """The frames of a video that can be presented, by the packets' stamps where these suffice, else by decoding.

    Left out are frames that an edit list keeps for decoding alone (in files that were trimmed without coding
    them anew), frames beyond the end of a file that was cut off, and packets that no frame comes from.

    Raises:
        VideoError: There is no frame, or something in the middle cannot be decoded: what comes after it is
            predicted from what is lost.
    """
    state = os.stat(path) if os.path.isfile(path) else None
    return _read_index(os.fspath(path), *((state.st_size, state.st_mtime_ns) if state else (0, 0)))


def forget_indexes() -> None:
    """Read every file anew from now on."""
    _read_index.cache_clear()


@lru_cache(maxsize=1024)  # about 12 KB a video of half a minute; each worker comes back to its videos
def _read_index(path: str, size: int, changed: int) -> FrameIndex:
    with open_video(path) as (container, stream):
        unit, rate = stream.time_base, float(stream.average_rate or 25)
        start = max(round(Fraction(container.start_time or 0, 1_000_000) / unit), 0)
        if container.format.name == 'mpegts':
            hole = first_hole(path, stream.id)
            if hole is not None:
                raise VideoError(f'{path}: a part of it is missing before byte {hole:,} of {size:,}, and what follows is '
                                 'predicted from it')
        pixel = pixel_shape(stream)
        announced, avi = _announced(container, stream), container.format.name == 'avi'
        packets = _demux(container, stream)
        suffices = (packets.whole and STAMPED & set(container.format.name.split(','))
                    and stream.codec_context.name not in HIDDEN)
    stamps = sorted(packets.stamps) if suffices else _decode(path)
    if not stamps:
        raise VideoError(f'{path}: no frame of it can be decoded')
    if None in stamps:
        times, offset = np.arange(len(stamps)) / rate, 0.
    else:
        # A player's clock starts with the first thing shown or heard. AVI has no stamps of its own: those that
        # FFmpeg makes up are late by the frames that the decoder holds back.
        shown = np.sort(np.array(stamps, dtype=np.int64))
        origin = shown[0] if avi else min(start, shown[0])
        shown, offset = shown - origin, float(origin * unit)
        times = shown * unit.numerator / unit.denominator
    last = float(packets.last_duration * unit) or (np.median(np.diff(times)) if len(times) > 1 else 0) or 1 / rate
    end = float(times[-1] + last)
    note, missing = None, announced - (end + offset)
    if missing > max(2.5 / rate, TOLERANCE * announced):
        note = f'it announces {announced:.2f} s of video and holds {end:.2f} s ({len(times)} frames)'
    relied = None not in stamps and all(a < b for a, b in zip(stamps, stamps[1:]))
    return FrameIndex(times, end, np.array(stamps, dtype=np.int64) if relied else None,
                      np.array(sorted(packets.keyframes) if suffices else [], dtype=np.int64), float(unit), note, pixel)


def _announced(container, stream) -> float:
    """Seconds of video that the header promises, 0 where it says nothing about this stream."""
    if container.format.name == 'avi':  # its duration is FFmpeg's estimate by the size of the file
        return stream.frames / float(stream.average_rate) if stream.average_rate else 0.
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    tag = stream.metadata.get('DURATION', '').split(':')  # Matroska: hours:minutes:seconds
    if len(tag) == 3:
        try:
            return 3600 * float(tag[0]) + 60 * float(tag[1]) + float(tag[2])
        except ValueError:
            return 0.
    return (container.duration or 0) / 1e6 if len(container.streams) == 1 else 0.


def _demux(container, stream) -> _Packets:
    import av
    stamps, keyframes, last, whole, total = [], [], (None, 0), True, 0
    try:
        for packet in packets(container, stream):
            total += 1
            whole &= packet.pts is not None and not packet.is_corrupt
            if packet.is_keyframe and packet.pts is not None:
                keyframes.append(packet.pts)
            if not packet.is_discard:
                stamps.append(packet.pts)
                if packet.pts is not None and (last[0] is None or packet.pts > last[0]):
                    last = packet.pts, packet.duration or 0
    except av.error.FFmpegError:  # the end of a file that was cut off
        whole = False
    whole &= len(set(stamps)) == len(stamps) and total >= stream.frames and bool(keyframes)
    return _Packets(stamps, keyframes, last[1], whole)


def _decode(path: str) -> List[Optional[int]]:
    """Stamps of all frames in the order in which the decoder delivers them."""
    with open_video(path) as (container, stream):
        return [frame.pts for frame in decoded_frames(path, container, stream)]
