"""Whether images, videos and folders of frames can be read."""
import os
from typing import Iterator, List, Optional, Tuple

import cv2
import numpy as np
from PIL import Image

from .frame_folders import count_frames
from .isolated_map import CRASHED, isolated_map
from .sample_policy import media_of

# kind and message; None where nothing is wrong
Finding = Optional[Tuple[str, str]]


def check_image(path: str) -> Finding:
    """Decode an image by PIL, which notices a cut file, and by OpenCV, which training uses."""
    try:
        with Image.open(path) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return 'unreadable media', f'{path} cannot be decoded ({_reason(error)})'
    pixels = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_COLOR)
    if pixels is None or not pixels.size:
        return 'unreadable media', f'{path} cannot be decoded by OpenCV'
    return None


def check_video(path: str) -> Finding:
    """Decode the first, the middle and the last frame of a video."""
    import decord
    try:
        reader = decord.VideoReader(path, num_threads=1)
        count = len(reader)
        if not count:
            return 'zero size', f'{path} has no frames'
        frames = reader.get_batch(sorted({0, count // 2, count - 1})).asnumpy()
    except Exception as error:  # decord's errors share no base class with the others
        return 'unreadable media', f'{path} cannot be decoded ({_reason(error)})'
    return None if frames.size else ('zero size', f'{path} has frames without pixels')


def check_frames(folder: str, name: str, template: str) -> Finding:
    """Count a folder of frames and decode the first, the middle and the last."""
    try:
        count = count_frames(folder, name)
    except ValueError as error:
        return 'missing or incomplete frames', str(error)
    for number in sorted({1, count // 2 + 1, count}):
        finding = check_file(os.path.join(folder, template.format(number)), check_image)
        if finding:
            return finding
    return None


def check_file(path: str, decode) -> Finding:
    """What is wrong before anything is decoded, then what ``decode`` finds."""
    if not os.path.isfile(path):
        return 'missing file', f'{path} does not exist'
    if not os.path.getsize(path):
        return 'empty file', f'{path} is empty'
    return decode(path)


def check_media(info: dict) -> Finding:
    """What is wrong with the media of one record of a data set, if anything."""
    if info.get('img_path'):
        return check_file(info['img_path'], check_image)
    if info.get('filename'):
        return check_file(info['filename'], check_video)
    if info.get('frame_dir'):
        return check_frames(info['frame_dir'], info['video_id'], info['filename_tmpl'])
    return 'malformed record', f'no img_path, filename or frame_dir in {sorted(info)}'


def _reason(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f'{type(error).__name__}: {text[0][:200]}' if text else type(error).__name__


def check_all(infos: List[dict], workers: int) -> Iterator[Tuple[dict, Finding]]:
    """:func:`check_media` of many records, in their order.

    Args:
        infos: The records.
        workers: Processes; 0: this one, which a file that crashes its decoder would end.
    """
    if not workers:
        yield from ((info, check_media(info)) for info in infos)
        return
    for info, finding in isolated_map(check_media, infos, workers, chunksize=8):
        crash = 'unreadable media', f'the decoder crashed on {media_of(info)}'
        yield info, crash if finding == CRASHED else finding
