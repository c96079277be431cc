"""Whether images, videos and folders of frames can be read, as a config's own pipeline reads them."""
import os
from functools import partial
from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple

import cv2
import numpy as np
from mmengine.dataset import Compose
from PIL import Image

from kssnet_mm.utils.configs import type_name
from kssnet_mm.utils.io import few

from .frame_folders import FrameFolder, read_folder
from .image_files import MAX_PIXELS, check_header, whole_images
from .isolated_map import CRASHED, isolated_map
from .sample_policy import media_of
from .video import read_index

# kind and message; None where nothing is wrong
Finding = Optional[Tuple[str, str]]
# Frames that are decoded at a time where all are wanted.
CHUNK = 64
VIDEO_STEPS = [dict(type='SequentialVideoInit'), dict(type='SequentialVideoDecode')]
FRAME_STEPS = [dict(type='mmaction.RawFrameDecode')]


def reading_steps(pipeline: Sequence[Any]) -> List[dict]:
    """The steps of a pipeline that read media: ``...Init``, ``...Decode`` and ``Load...FromFile``."""
    names = [type_name(step.get('type', '')) if isinstance(step, dict) else '' for step in pipeline or ()]
    return [dict(step) for step, name in zip(pipeline or (), names)
            if name.endswith(('Init', 'Decode')) or (name.startswith('Load') and name.endswith('FromFile'))]


def check_image(path: str, steps: Sequence[dict] = (), max_pixels: int = MAX_PIXELS) -> Finding:
    """Decode an image by PIL, which notices a cut file, and as the pipeline does, which is OpenCV by default."""
    try:
        check_header(path, max_pixels)
        with Image.open(path) as image:
            image.load()
        with whole_images(path):
            if steps:
                pixels = Compose(steps)(dict(img_path=path))['img']
            else:
                pixels = cv2.imdecode(np.fromfile(path, dtype=np.uint8), cv2.IMREAD_COLOR)
    except Exception as error:  # the decoders share no base class of errors
        return 'unreadable media', f'{path} cannot be decoded ({_reason(error)})'
    if pixels is None or not pixels.size:
        return 'unreadable media', f'{path} cannot be decoded by OpenCV'
    return None


def check_video(path: str, steps: Sequence[dict] = (), every_frame: bool = False) -> Finding:
    """Decode the first, the middle and the last frame that a player shows of a video, or all of them.

    Args:
        path: The video.
        steps: Of the pipeline, see :func:`reading_steps`; none: ours.
        every_frame: Whether all are decoded.
    """
    steps = list(steps) if len(steps) > 1 else VIDEO_STEPS
    try:
        index = read_index(path)
        finding = _decode(dict(filename=path), steps, every_frame, len(index.times))
    except Exception as error:  # the decoders share no base class of errors
        return 'unreadable media', f'{path} cannot be decoded ({_reason(error)})'
    if finding is None and index.note:
        return 'cut media', f'{path}: {index.note}'
    return finding


def check_frames(info: dict, steps: Sequence[dict] = (), every_frame: bool = False) -> Finding:
    """Look for the frames of a folder and decode the first, the middle and the last, or all of them.

    They are those that the record names (``filename_tmpl``, ``total_frames``, ``start_index``, ``offset``), else those
    that the folder has.
    """
    folder = info['frame_dir']
    try:
        if info.get('filename_tmpl') and info.get('total_frames'):
            found = _named_frames(folder, info)
        else:
            found = read_folder(folder, os.path.basename(info['video_id']), info.get('filename_tmpl'))
    except ValueError as error:
        return 'missing or incomplete frames', str(error)
    for number in _numbers(found.count, every_frame):
        path = os.path.join(folder, found.template.format(number + found.start))
        finding = check_file(path, check_image)
        if finding:
            return finding
    try:
        return _decode(info, list(steps) or FRAME_STEPS, False, info.get('total_frames', found.count))
    except Exception as error:
        return 'unreadable media', f'{folder} cannot be decoded ({_reason(error)})'


def _named_frames(folder: str, info: dict) -> FrameFolder:
    """The frames that a record names, as ``RawFrameDecode`` finds them.

    Raises:
        ValueError: The folder or some of them are not there.
    """
    named = FrameFolder(info['filename_tmpl'], info.get('start_index', 0) + info.get('offset', 0), info['total_frames'])
    if not os.path.isdir(folder):
        raise ValueError(f'{folder}: the folder of frames is missing')
    there = set(os.listdir(folder))
    missing = [name for name in map(named.template.format, range(named.start, named.start + named.count))
               if name not in there]
    if missing:
        raise ValueError(f'{folder}: {len(missing)} of the {named.count} frames are missing: {few(missing)}')
    return named


def _numbers(count: int, every_frame: bool) -> List[int]:
    return list(range(count)) if every_frame else sorted({0, count // 2, count - 1})


def _decode(info: dict, steps: List[dict], every_frame: bool, expected: int) -> Finding:
    """Run the steps that begin and the one that decodes, with the frames' numbers in the place of a sampler's."""
    name = media_of(info)
    decode, begin = Compose(steps[-1:]), Compose(steps[:-1])
    numbers = _numbers(expected, every_frame)
    for first in range(0, len(numbers), CHUNK):
        results = begin(dict({'modality': 'RGB', 'start_index': 0, **info}))
        if results.setdefault('total_frames', expected) != expected:
            return 'other frames', (f'{name}: {steps[0]["type"]} counts {results["total_frames"]} frames, a player '
                                    f'shows {expected}: SequentialVideoInit and SequentialVideoDecode read those')
        if 'sampled_as' in results:
            results['sampled_as'] = np.arange(expected)  # by number: none is passed over
        results['frame_inds'] = np.array(numbers[first:first + CHUNK]) + results['start_index']
        if not all(image.size for image in decode(results)['imgs']):
            return 'zero size', f'{name} has frames without pixels'
    return None


def check_file(path: str, decode: Callable[[str], Finding]) -> Finding:
    """What is wrong before anything is decoded, then what ``decode`` finds."""
    if not os.path.isfile(path):
        return 'missing file', f'{path} does not exist' if not os.path.exists(path) else f'{path} is no regular file'
    if not os.path.getsize(path):
        return 'empty file', f'{path} is empty'
    return decode(path)


def check_media(info: dict, steps: Sequence[dict] = (), every_frame: bool = False) -> Finding:
    """What is wrong with the media of one record of a data set, if anything.

    Args:
        info: The record; ``max_pixels`` in it bounds images.
        steps: Of the pipeline, see :func:`reading_steps`.
        every_frame: Whether all frames of videos and folders are decoded.
    """
    if info.get('img_path'):
        most = info.get('max_pixels', MAX_PIXELS)
        return check_file(info['img_path'], partial(check_image, steps=steps, max_pixels=most))
    if info.get('filename'):
        return check_file(info['filename'], partial(check_video, steps=steps, every_frame=every_frame))
    if info.get('frame_dir'):
        return check_frames(info, steps, every_frame)
    return 'malformed record', f'no img_path, filename or frame_dir in {sorted(info)}'


def _reason(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f'{type(error).__name__}: {text[0][:200]}' if text else type(error).__name__


def _check(job: tuple) -> Finding:
    return check_media(*job)


def check_all(infos: List[dict], workers: int, steps: Optional[Sequence[Sequence[dict]]] = None,
              every_frame: bool = False) -> Iterator[Tuple[dict, Finding]]:
    """:func:`check_media` of many records, in their order.

    Args:
        infos: The records.
        workers: Processes; 0: this one, which a file that crashes its decoder would end.
        steps: Of each record, how its pipeline reads it; None: our readers.
        every_frame: Whether all frames of videos and folders are decoded.
    """
    jobs = [(info, how, every_frame) for info, how in zip(infos, steps or [()] * len(infos))]
    if not workers:
        yield from ((job[0], _check(job)) for job in jobs)
        return
    for job, finding in isolated_map(_check, jobs, workers, chunksize=8):
        crash = 'unreadable media', f'the decoder crashed on {media_of(job[0])}'
        yield job[0], crash if finding == CRASHED else finding
