"""Open a video file, or say what is wrong with it."""
import os
from contextlib import contextmanager
from typing import Iterator, Tuple

# What the tools take for a video by its name; `open_video` itself looks at the content alone.
VIDEO_ENDINGS = ('.mp4', '.avi', '.mkv', '.mov', '.webm', '.m4v', '.mpg', '.mpeg', '.ts', '.m2ts', '.mts', '.flv',
                 '.wmv', '.3gp', '.ogv')
# Formats that name other files or addresses instead of holding pictures: they are never followed.
PLAYLISTS = {'hls', 'concat', 'concatf', 'dash', 'sdp', 'rtsp', 'imf', 'webm_dash_manifest'}

# Of a frame. FFmpeg alone would take any size that a header of a few bytes asks for.
MOST_PIXELS = 100_000_000


class VideoError(ValueError):
    """A file cannot be read as a video; the message names the file and the reason."""


@contextmanager
def open_video(path: str) -> Iterator[Tuple[object, object]]:
    """PyAV's container and its video stream, closed afterwards.

    Of several video streams the one is taken that FFmpeg's own tools take: the one that is marked as default, else
    the first of the highest bit rate. Cover pictures of music files are not video.

    Args:
        path: A file. Nothing else is opened, whatever the file's content asks for.

    Raises:
        VideoError: The file is missing, is empty, is no video, has no video stream, is coded in a way that this FFmpeg
            has no decoder for, or has frames of more than :data:`MOST_PIXELS`; each has its own message.
    """
    import av
    path = os.fspath(path)
    if not os.path.isfile(path):
        what = 'this is not a regular file' if os.path.exists(path) else 'the file is missing'
        raise VideoError(f'{path}: {what}')
    if not os.path.getsize(path):
        raise VideoError(f'{path}: the file is empty')
    try:
        container = av.open(path, metadata_errors='replace', options={'protocol_whitelist': 'file'})
    except (av.error.FFmpegError, ValueError) as error:
        raise VideoError(f'{path}: it cannot be opened as a video ({reason(error)})') from error
    with container:
        if set(container.format.name.split(',')) & PLAYLISTS:
            raise VideoError(f'{path}: it is a playlist ({container.format.name}), which names other files; '
                             'give those')
        yield container, _stream(path, container)


def packets(container, stream) -> Iterator:
    """PyAV's packets of a stream that have any content.

    PyAV ends in an IndexError where another stream begins in the middle of a transport stream, as a recorded broadcast or a
    damaged address has it. What it reads next is again of the stream that was asked for.
    """
    while True:
        try:
            yield from (packet for packet in container.demux(stream) if packet.size)
            return
        except IndexError:
            continue


def _stream(path: str, container):
    from av.stream import Disposition
    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    if not streams:
        kinds = ', '.join(sorted({stream.type for stream in container.streams})) or 'nothing'
        raise VideoError(f'{path}: there is no video stream in it (it holds {kinds})')
    readable = [stream for stream in streams if stream.codec_context is not None]
    if not readable:
        raise VideoError(f'{path}: FFmpeg has no decoder here for the codec of its video stream; convert it, to '
                         'H.264 for example')
    best = container.streams.best('video')
    stream = best if best in readable else readable[0]
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MOST_PIXELS:
        raise VideoError(f'{path}: its frames have {width} x {height} pixels, and {MOST_PIXELS:,} is the most that is read')
    stream.codec_context.options = {'max_pixels': str(MOST_PIXELS)}  # the size may change on the way
    return stream


def reason(error: Exception) -> str:
    """The first line of an error, without the path that FFmpeg repeats."""
    text = getattr(error, 'strerror', None) or str(error).strip() or type(error).__name__
    return text.splitlines()[0][:200]
