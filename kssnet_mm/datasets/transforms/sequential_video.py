"""Read videos by their time stamps, in one pass."""
import logging

import numpy as np
from mmcv.transforms import BaseTransform
from mmengine.logging import print_log

from kssnet_mm.datasets.video import VideoError, read_frames, read_index
from kssnet_mm.datasets.video.read_by_decord import read_by_decord
from kssnet_mm.registry import TRANSFORMS

BACKENDS = ('pyav', 'decord')


@TRANSFORMS.register_module()
class SequentialVideoInit(BaseTransform):
    """Find out which frames a player shows, and when; takes the place of mmaction2's ``DecordInit``.

    ``total_frames`` is the number of frames that can be presented, whatever the container announces.

    Required keys: ``filename``. Added keys: ``total_frames``; ``avg_fps``, for samplers that ask for it;
    ``video_index`` (:class:`kssnet_mm.datasets.video.FrameIndex`); ``sampled_as``, the number of the frame that a
    sampler's number stands for, (total_frames,); ``frame_spans``, from when until when that frame is shown, in
    seconds (total_frames, 2); ``video_reader`` (None).

    Args:
        spacing: What a sampler's steps are equal in. 'time': its number k stands for the frame that is shown in
            the middle of the k-th of ``total_frames`` equal parts of the duration. That is frame k at a constant
            rate; at a variable rate, as phones record, segments and steps are equally long. 'frames': its
            number k is frame k.
    """

    def __init__(self, spacing: str = 'time') -> None:
        if spacing not in ('time', 'frames'):
            raise ValueError(f"spacing must be 'time' or 'frames', got {spacing!r}")
        self.spacing = spacing

    def transform(self, results: dict) -> dict:
        """Add the keys.

        Raises:
            VideoError: The file has no frames that can be presented; names it and the reason.
        """
        index = read_index(str(results['filename']))
        count = len(index.times)
        sampled_as = index.slots() if self.spacing == 'time' else np.arange(count)
        results.update(total_frames=count, avg_fps=count / index.duration, video_index=index, sampled_as=sampled_as,
                       frame_spans=index.spans[sampled_as], video_reader=None)
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(spacing={self.spacing!r})'


@TRANSFORMS.register_module()
class SequentialVideoDecode(BaseTransform):
    """Exact frames by one pass; takes the place of mmaction2's ``DecordDecode``.

    A frame between two sampled ones is decoded where others are predicted from it, but neither converted to
    RGB nor copied. Frames are found by their time stamps, turned upright, and never replaced by others.

    Required keys: ``filename``, ``frame_inds``, ``video_index`` and ``sampled_as`` (of
    ``SequentialVideoInit``). Added keys: ``imgs`` (uint8 RGB, H x W x 3 each), ``original_shape``, ``img_shape``.

    Args:
        num_threads: Threads of the decoder; 1 where loader workers fill the cores.
        backend: 'pyav', or 'decord' for decord where its frames are the same ones by number and time; PyAV
            reads the other files then too.
        square_pixels: Whether frames whose pixels are not square are stretched to the shape that a player shows. By
            default they stay as stored, as decord and mmaction2 read them: Kinetics is often kept in 340 x 256 pixels
            that are shown as 455 x 256. The first such file is logged.
    """

    def __init__(self, num_threads: int = 1, backend: str = 'pyav', square_pixels: bool = False) -> None:
        if num_threads < 1:
            raise ValueError(f'num_threads must be at least 1, got {num_threads}')
        if backend not in BACKENDS:
            raise ValueError(f'backend must be one of {", ".join(BACKENDS)}, got {backend!r}')
        self.num_threads, self.backend, self.square_pixels = num_threads, backend, square_pixels
        self._told = False

    def transform(self, results: dict) -> dict:
        """Decode.

        Raises:
            VideoError: A frame cannot be decoded; names the file and the time.
            ValueError: ``SequentialVideoInit`` was not there before.
        """
        if results.get('video_index') is None:
            raise ValueError('SequentialVideoDecode needs what SequentialVideoInit finds out: put that in the place '
                             'of DecordInit')
        results['frame_inds'] = wanted = np.asarray(results['frame_inds']).reshape(-1)
        frames = results['sampled_as'][wanted - results.get('start_index', 0)]
        results['imgs'] = images = self._read(str(results['filename']), results['video_index'], frames)
        results['original_shape'] = results['img_shape'] = images[0].shape[:2]
        return results

    def _read(self, path: str, index, frames: np.ndarray) -> list:
        square = index.pixel == 1
        if not square and not self.square_pixels and not self._told:
            self._told = True
            print_log(f'{path}: its pixels are {index.pixel.numerator}:{index.pixel.denominator} wide. Its frames are '
                      'read as they are stored, and players stretch them: SequentialVideoDecode(square_pixels=True) does '
                      'so too. Other files of this kind are not named', logger='current', level=logging.WARNING)
        if self.backend == 'decord' and (square or not self.square_pixels):
            try:
                images = read_by_decord(path, index, frames, self.num_threads)
            except Exception as error:  # decord's errors share no base class with the others
                raise VideoError(f'{path}: decord cannot read it ({str(error).strip().splitlines()[0]})') from error
            if images is not None:
                return images
        return read_frames(path, index, frames, self.num_threads, self.square_pixels)

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(num_threads={self.num_threads}, backend={self.backend!r}, '
                f'square_pixels={self.square_pixels})')
