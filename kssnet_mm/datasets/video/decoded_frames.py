"""The decoder's frames, none of which it made up."""
from typing import Callable, Iterator, Optional

from .container import VideoError, packets, reason

MISSING = 'a part of it is missing'


def decoded_frames(path: str, container, stream, before: Optional[Callable] = None) -> Iterator:
    """PyAV's frames from where the container stands, in the order in which they are shown.

    Packets that cannot be decoded are passed over at the two ends: before the first frame those whose keyframe
    was cut off, after the last one what was cut itself. Frames that the decoder marks as damaged count as such, and
    so do packets of which the container knows that a part is lost.

    Args:
        path: For the messages.
        container: As :func:`open_video` gives it.
        stream: The same.
        before: Called with each packet before it is decoded.

    Raises:
        VideoError: Something in the middle cannot be decoded; names its time.
    """
    import av
    begun, failure = False, None
    for packet in _packets(container, stream):
        if before is not None and packet is not None:
            before(packet)
        damage, frames = None, []
        try:
            frames = stream.codec_context.decode(packet)
        except av.error.EOFError:  # it was drained before
            pass
        except (av.error.FFmpegError, ValueError) as error:
            damage = reason(error)
        if packet is not None and packet.is_corrupt:  # MPEG-TS counts its pieces
            damage = damage or MISSING
        if any(frame.is_corrupt for frame in frames):
            frames, damage = [frame for frame in frames if not frame.is_corrupt], MISSING
        if packet is not None and packet.size and not damage and failure:
            raise VideoError(f'{path}: {failure}')
        if damage and begun and not failure:
            stamp = packet.pts if packet is not None else None
            when = f' at about {float(stamp * stream.time_base):.2f} s' if stamp is not None else ''
            failure = f'a frame{when} cannot be decoded ({damage})'
        begun |= bool(frames)
        yield from frames


def _packets(container, stream) -> Iterator:
    """Packets, then None, which drains the decoder."""
    import av
    try:
        yield from packets(container, stream)
    except av.error.FFmpegError:  # the file ends in the middle of a packet
        pass
    yield None
