"""Decode the frames of a video that are wanted, and convert no others."""
from typing import Iterator, List, Sequence, Tuple

import numpy as np

from .container import VideoError, open_video
from .decoded_frames import decoded_frames
from .frame_index import FrameIndex
from .presented import display_matrix, pixel_shape, shown_size, upright

# A seek empties the decoder: fewer frames than these are decoded sooner than jumped over.
WORTH_A_SEEK = 32


def read_frames(path: str, index: FrameIndex, wanted: Sequence[int], num_threads: int = 1,
                square_pixels: bool = False) -> List[np.ndarray]:
    """RGB images, uint8 (H, W, 3), upright, in the order of ``wanted``, which may name a frame several times.

    Args:
        path: The video.
        index: What :func:`read_index` gave of it.
        wanted: Numbers of frames, counted from 0 in the order in which they are shown.
        num_threads: Threads of the decoder.
        square_pixels: Whether frames of other pixels are stretched to the shape that a player shows. decord and mmaction2
            never do so, and their weights are of frames as stored.

    Raises:
        VideoError: One of the frames cannot be decoded, or is to be shown in a way that is not done here.
        IndexError: There is no such frame.
    """
    wanted = [int(number) for number in wanted]
    if wanted and not 0 <= min(wanted) <= max(wanted) < len(index.times):
        raise IndexError(f'{path}: frames {min(wanted)} to {max(wanted)} are wanted of {len(index.times)}')
    numbers = sorted(set(wanted))
    jumps = _jumps(index, numbers)
    try:
        found = dict(_read(path, index, numbers, num_threads, jumps, square_pixels))
    except VideoError:
        if not jumps:
            raise
        # not every container lands where it is asked to; from the first frame on nothing can be missed
        found = dict(_read(path, index, numbers, num_threads, {}, square_pixels))
    return [found[number] for number in wanted]


def iterate_frames(path: str, index: FrameIndex, num_threads: int = 1) -> Iterator[Tuple[int, np.ndarray]]:
    """All frames with their numbers, one at a time."""
    return _read(path, index, range(len(index.times)), num_threads, {})


def _jumps(index: FrameIndex, numbers: Sequence[int]) -> dict:
    """Wanted frame -> stamp of the keyframe before it, where going there leaves out enough."""
    if index.stamps is None or not len(index.keyframes):
        return {}
    at, found = 0, {}
    for number in numbers:
        before = np.searchsorted(index.keyframes, index.stamps[number], side='right') - 1
        if before >= 0:
            key = index.keyframes[before]
            if np.searchsorted(index.stamps, key) - at >= WORTH_A_SEEK:
                found[number] = int(key)
        at = number
    return found


def _read(path, index, numbers, num_threads, jumps, square_pixels=False) -> Iterator[Tuple[int, np.ndarray]]:
    """Number and image of the wanted frames, ascending; ``jumps`` as :func:`_jumps` gives them."""
    from av.video.reformatter import VideoReformatter
    numbers = list(numbers)
    runs = np.split(numbers, [i for i, number in enumerate(numbers) if i and number in jumps])
    reformatter = VideoReformatter()
    with open_video(path) as (container, stream):
        codec = stream.codec_context
        codec.thread_count = num_threads
        codec.thread_type = 'AUTO' if num_threads > 1 else 'SLICE'
        for run in runs:
            if len(run) and run[0] in jumps:
                container.seek(jumps[run[0]], stream=stream)
            for number, frame in _matched(path, index, run.tolist(), container, stream):
                size = frame.width, frame.height
                if square_pixels:
                    size = shown_size(path, *size, pixel_shape(stream))
                image = reformatter.reformat(frame, *size, 'rgb24').to_ndarray()
                yield number, upright(path, image, display_matrix(frame))


def _matched(path, index, run: List[int], container, stream) -> Iterator[tuple]:
    """Pair each frame of a run with its number: by its stamp, or by counting where there are none."""
    codec, pending = stream.codec_context, list(reversed(run))
    by_stamp = {int(index.stamps[number]): number for number in run} if index.stamps is not None else None

    def skip_unwanted(packet) -> None:
        # frames that no other is predicted from need not be decoded
        codec.skip_frame = 'DEFAULT' if packet.pts in by_stamp else 'NONREF'

    before = None if by_stamp is None else skip_unwanted
    for count, frame in enumerate(decoded_frames(path, container, stream, before)):
        number = count if by_stamp is None else by_stamp.get(frame.pts)
        if pending and number == pending[-1]:
            yield pending.pop(), frame
        if not pending:
            return
    if pending:
        number = pending[-1]
        raise VideoError(f'{path}: frame {number} of {len(index.times)}, at {index.times[number]:.2f} s, cannot be '
                         'decoded')
