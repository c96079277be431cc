"""Running a config's test pipeline on files and on pictures in memory."""
from typing import Any, List, Optional, Tuple

import numpy as np
from mmengine.dataset import Compose

from kssnet_mm.datasets.image_files import ImageError, check_header, whole_images
from kssnet_mm.datasets.video import VideoError
from kssnet_mm.utils.configs import type_name

from .inputs import Source
from .pictures import to_rgb

# Frames of a video that are kept for drawing.
SHOWN_FRAMES = 5


def first_line(error: BaseException) -> str:
    """The kind of an error and the first line of its message."""
    lines = str(error).strip().splitlines()
    return f'{type(error).__name__}: {lines[0]}' if lines else type(error).__name__


def _spread(frames: list, most: int = SHOWN_FRAMES) -> list:
    """At most so many of them, evenly spaced."""
    picked = np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int)
    return [frames[i] for i in picked]


def _drawn(image: np.ndarray) -> np.ndarray:
    """RGB uint8 of what a step loaded: BGR, of floats in 0 to 255 where it is asked for them."""
    return image[..., ::-1].clip(0, 255).round().astype(np.uint8)


class Reader:
    """A test pipeline that takes files and pictures in memory, and can keep what it decoded.

    Args:
        steps: Configs of the pipeline's steps.
        video: Whether they are of videos.
    """

    def __init__(self, steps: list, video: bool) -> None:
        self.video = video
        self.steps = [(type_name(step['type']), transform)
                      for step, transform in zip(steps, Compose(steps).transforms)]

    def __call__(self, source: Source, keep: bool = False, channel_order: str = 'bgr') -> Tuple[dict, Optional[list]]:
        """(what the model's ``test_step`` takes of one sample, the pictures if ``keep``).

        The pictures are RGB uint8 (H, W, 3), as decoded and before any resizing: one of an image, at most five of a
        video. Keeping them means that nothing has to be read again to be drawn.

        Raises:
            ValueError: It cannot be read; names it and the reason.
        """
        if source.fault:
            raise ValueError(source.fault)
        kind = 'video' if self.video else 'image'
        try:
            if not isinstance(source.content, str):
                many = source.content if self.video else [source.content]
                return self.run([to_rgb(picture, channel_order) for picture in many], keep)
            if self.video:
                return self.run(source.content, keep)
            check_header(source.content)
            with whole_images(source.content):
                return self.run(source.content, keep)
        except Exception as error:  # decord, PyAV, OpenCV and PIL each raise kinds of their own
            reason = str(error) if type(error) in (ValueError, ImageError, VideoError) else first_line(error)
            reason = reason[len(source.id) + 1:].strip() if reason.startswith(f'{source.id}:') else reason
            raise ValueError(f'{source.id}: cannot be read as {kind} ({reason})') from error

    def run(self, content: Any, keep: bool = False) -> Tuple[dict, Optional[list]]:
        """The pipeline on a path, or on a list of RGB pictures that take the place of what it would load."""
        loaded = None if isinstance(content, str) else content
        data = self._video_data(content, loaded) if self.video else self._image_data(content, loaded)
        kept: Optional[List[np.ndarray]] = None
        for name, step in self.steps:
            if loaded is not None and self._loads(name):
                if name.endswith('Decode'):
                    data['imgs'] = [loaded[i] for i in np.asarray(data['frame_inds']).reshape(-1)]
            else:
                data = step(data)
            if data is None:
                raise ValueError(f'the step {name} gave nothing')
            if keep and kept is None and ('imgs' if self.video else 'img') in data:
                kept = _spread(list(data['imgs'])) if self.video else [_drawn(data['img'])]
        return data, kept

    def _loads(self, name: str) -> bool:
        """Whether a step reads the file, which pictures in memory do not have."""
        return name.endswith(('Init', 'Decode')) if self.video else name == 'LoadImageFromFile'

    @staticmethod
    def _image_data(content: Any, loaded: Optional[list]) -> dict:
        if loaded is None:
            return dict(img_path=content)
        bgr = np.ascontiguousarray(loaded[0][..., ::-1])  # mmcv reads BGR
        return dict(img=bgr, img_shape=bgr.shape[:2], ori_shape=bgr.shape[:2])

    @staticmethod
    def _video_data(content: Any, loaded: Optional[list]) -> dict:
        data = dict(label=-1, start_index=0, modality='RGB')
        if loaded is None:
            return dict(data, filename=content)
        shape = loaded[0].shape[:2]
        return dict(data, total_frames=len(loaded), original_shape=shape, img_shape=shape)
