"""Extract the frames of videos once, resized, for training."""
import json
import os
import shutil
from pathlib import Path
from typing import NamedTuple, Optional

import cv2
import mmcv
import numpy as np

from .frame_folders import COUNT, count_frames, frame_template, write_times
from .video import FrameIndex, VideoError, iterate_frames, read_index

SETTINGS = 'extraction.json'


class Settings(NamedTuple):
    """What decides the frames: short side in pixels, frames a second (None: the video's), quality."""
    short_side: int = 256
    fps: Optional[float] = None
    quality: int = 95

    def check(self) -> None:
        """Raise ValueError naming what cannot be."""
        if self.short_side < 1:
            raise ValueError(f'short_side must be positive, got {self.short_side}')
        if self.fps is not None and not self.fps > 0:
            raise ValueError(f'fps must be positive or None, got {self.fps}')
        if not 1 <= self.quality <= 100:
            raise ValueError(f'quality must be from 1 to 100, got {self.quality}')


class Result(NamedTuple):
    """What became of one video: its id, number of frames, why there are none, what the file lacks."""
    name: str
    frames: int
    error: Optional[str] = None
    skipped: bool = False
    note: Optional[str] = None


def prepare(out: Path, settings: Settings) -> None:
    """Write the settings into the folder; one folder holds frames of one kind.

    Raises:
        ValueError: The folder was made with other settings.
    """
    settings.check()
    out.mkdir(parents=True, exist_ok=True)
    file = out / SETTINGS
    if file.exists():
        found = json.loads(file.read_text(encoding='utf-8'))
        if found != settings._asdict():
            raise ValueError(f'{file}: the frames there were extracted with {found}, not with '
                             f'{settings._asdict()}: give another folder')
        return
    temporary = file.with_name(f'.{file.name}.{os.getpid()}')
    temporary.write_text(json.dumps(settings._asdict()), encoding='utf-8')
    os.replace(temporary, file)


def resized(image: np.ndarray, short_side: int) -> np.ndarray:
    """As mmaction2's ``Resize(scale=(-1, short_side))``, but never enlarged."""
    if min(image.shape[:2]) <= short_side:
        return image
    return mmcv.imrescale(image, (np.inf, short_side))


def extract_video(video: Path, out: Path, settings: Settings, ending: Optional[str] = None) -> Result:
    """Write ``{out}/{id}/{id}-{:06d}.jpg`` from 1; a folder that is complete is left alone.

    The folder has a temporary name until all frames are there, so that one that has its name is whole. An incomplete
    one is made anew if it was made here, which its ``frames.txt`` tells; another is an error, and stays as it is.

    Args:
        video: The file.
        out: Folder that gets the folder of frames.
        settings: What decides the frames.
        ending: What follows the id in the file's name, as ``'_480.mp4'``. None: what follows its last point.
    """
    name = video.stem if ending is None else video.name[:len(video.name) - len(ending)]
    folder = out / name
    if folder.exists():
        try:
            return Result(name, count_frames(str(folder), name), skipped=True)
        except ValueError as error:
            if not (folder / COUNT).is_file():
                return Result(name, 0, f'{error}; the folder was not made by this command, and stays as it is: move it '
                                       'away, or give another output folder')
            shutil.rmtree(folder)  # frames were deleted from it
    partial = out / f'.{name}.partial'
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        index = read_index(str(video))
        frames = _write(video, name, index, partial, settings)
        os.replace(partial, folder)
        return Result(name, frames, note=index.note and f'{video}: {index.note}')
    except VideoError as error:
        return Result(name, 0, str(error))
    except Exception as error:  # one odd file does not end the extraction of all others
        return Result(name, 0, f'{video}: {str(error) or type(error).__name__}')
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _wanted(index: FrameIndex, fps: Optional[float]) -> tuple:
    """Number of the frame that each file shows, ascending, and the seconds at which the files begin and end."""
    if fps is None:
        return np.arange(len(index.times)), np.append(index.times, index.end)
    times = np.arange(max(int(np.ceil(index.end * fps - 1e-6)), 1)) / fps
    return index.shown_at(times), np.append(times, index.end)


def _write(video: Path, name: str, index: FrameIndex, folder: Path, settings: Settings) -> int:
    """Decode and write the frames shown at 0, 1 / fps, 2 / fps, ... seconds; returns their number.

    Raises:
        VideoError: A frame cannot be decoded.
        OSError: A file cannot be written.
    """
    cv2.setNumThreads(1)
    wanted, times = _wanted(index, settings.fps)
    template = frame_template(name)
    read = 0
    try:
        for number, image in iterate_frames(str(video), index):
            read += 1
            first, stop = np.searchsorted(wanted, (number, number + 1))
            if first == stop:
                continue
            data = cv2.imencode('.jpg', cv2.cvtColor(resized(image, settings.short_side), cv2.COLOR_RGB2BGR),
                                [cv2.IMWRITE_JPEG_QUALITY, settings.quality])[1].tobytes()
            for position in range(first, stop):
                (folder / template.format(position + 1)).write_bytes(data)
    except VideoError as error:
        raise VideoError(f'{video}: only {read} of {len(index.times)} frames can be decoded '
                         f'({str(error).split(": ", 1)[-1]})') from error
    write_times(str(folder), times)
    return len(wanted)
