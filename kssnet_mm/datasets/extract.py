"""Extract the frames of videos once, resized, for training."""
import json
import os
import shutil
from pathlib import Path
from typing import NamedTuple, Optional

import cv2
import mmcv
import numpy as np

from .frame_folders import count_frames, frame_template, write_count

SETTINGS = 'extraction.json'
# Share of the frames in the container's header that may be missing at the end: headers count a last
# frame that is not there now and then.
TOLERANCE = 0.02


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
    """What became of one video: its id, number of frames, and why there are none."""
    name: str
    frames: int
    error: Optional[str] = None
    skipped: bool = False


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


def extract_video(video: Path, out: Path, settings: Settings) -> Result:
    """Write ``{out}/{id}/{id}-{:06d}.jpg`` from 1; a folder that is complete is left alone.

    The folder has a temporary name until all frames are there, so that one that has its name is whole.
    """
    name, folder = video.stem, out / video.stem
    if folder.exists():
        try:
            return Result(name, count_frames(str(folder), name), skipped=True)
        except ValueError:
            shutil.rmtree(folder)  # frames were deleted from it
    partial = out / f'.{name}.partial'
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        frames = _write(video, partial, settings)
        write_count(str(partial), frames)
        os.replace(partial, folder)
        return Result(name, frames)
    except (ValueError, OSError, cv2.error) as error:
        return Result(name, 0, str(error) or type(error).__name__)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write(video: Path, folder: Path, settings: Settings) -> int:
    """Decode and write the frames shown at 0, 1 / fps, 2 / fps, ... seconds; returns their number.

    Raises:
        ValueError: The video cannot be opened, or ends before its header says.
        OSError: A file cannot be written.
    """
    if not video.is_file():
        raise ValueError(f'{video}: the file is missing')
    cv2.setNumThreads(1)
    capture = cv2.VideoCapture(str(video), cv2.CAP_FFMPEG)
    # OpenCV 4 does not turn phones' videos upright unless it is told to
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)
    rate, expected = capture.get(cv2.CAP_PROP_FPS), int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    if not capture.isOpened() or not rate > 0:
        raise ValueError(f'{video}: it cannot be opened as a video')
    template = frame_template(video.stem)
    read = written = 0
    while capture.grab():
        read += 1
        # how many of the wanted times this frame is shown at
        until = read if settings.fps is None else int(np.ceil(read * settings.fps / rate - 1e-6))
        if until > written:
            ok, image = capture.retrieve()
            if not ok:
                break
            data = cv2.imencode('.jpg', resized(image, settings.short_side),
                                [cv2.IMWRITE_JPEG_QUALITY, settings.quality])[1].tobytes()
            for number in range(written + 1, until + 1):
                (folder / template.format(number)).write_bytes(data)
            written = until
    capture.release()
    if not read or (video.suffix.lower() in ('.mp4', '.mov', '.m4v', '.avi')
                    and read < expected - max(2, TOLERANCE * expected)):
        raise ValueError(f'{video}: only {read} of {expected} frames can be decoded')
    return written
