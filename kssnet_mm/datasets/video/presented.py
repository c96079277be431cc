"""From stored frames to those that a player shows: upright, mirrored, and of square pixels where that is wanted."""
from fractions import Fraction
from typing import Optional, Tuple

import numpy as np

from .container import VideoError, open_video
from .decoded_frames import decoded_frames

# Widest and narrowest pixels: anamorphic film has 2.
MOST_STRETCHED = 8
# A display matrix has fixed-point numbers of this unit; what is below a hundredth of it is a rounding error.
UNIT = 1 << 16


def display_matrix(frame) -> Optional[np.ndarray]:
    """The matrix that PyAV gives with a frame, int32 (9,): where a player puts it; None where there is none."""
    from av.sidedata.sidedata import Type
    found = frame.side_data.get(Type.DISPLAYMATRIX)
    return None if found is None else np.frombuffer(bytes(found), dtype='<i4')


def pixel_shape(stream) -> Fraction:
    """Width of a stream's pixels by their height, 1 where the file does not say."""
    return stream.sample_aspect_ratio or Fraction(1)


def upright(path: str, image: np.ndarray, matrix: Optional[np.ndarray]) -> np.ndarray:
    """Turn and mirror an image (H, W, 3) as a display matrix says.

    The matrix ``a b u / c d v / x y w`` puts the pixel of column p and row q at column a p + c q and row b p + d q, from
    wherever the image begins then (FFmpeg, libavutil/display.h).

    Raises:
        VideoError: It is to be turned by another angle than 90 degrees or a multiple.
    """
    if matrix is None:
        return image
    a, b, c, d = (0 if abs(int(number)) < UNIT // 100 else int(number) for number in matrix[[0, 1, 3, 4]])
    if b and c and not a and not d:
        image, a, d = image.transpose(1, 0, 2), c, b
    elif b or c or not a or not d:
        raise VideoError(f'{path}: its frames are to be shown turned by an odd angle, which is not done here: convert it')
    return np.ascontiguousarray(image[::-1 if d < 0 else 1, ::-1 if a < 0 else 1])


def shown_size(path: str, width: int, height: int, pixel: Fraction) -> Tuple[int, int]:
    """Width and height of a frame in square pixels; one of them grows, so that nothing is lost.

    Args:
        path: For the error.
        width: Stored pixels.
        height: The same.
        pixel: As :func:`pixel_shape` gives it.

    Raises:
        VideoError: No video has such pixels.
    """
    if not Fraction(1, MOST_STRETCHED) <= pixel <= MOST_STRETCHED:
        raise VideoError(f'{path}: its pixels are {pixel.numerator}:{pixel.denominator} wide, which no player shows')
    return (round(width * pixel), height) if pixel >= 1 else (width, round(height / pixel))


def not_mirrored(path: str) -> bool:
    """Whether frames are shown as they are stored, or turned, judged by the first one."""
    with open_video(path) as (container, stream):
        frame = next(decoded_frames(path, container, stream), None)
        matrix = None if frame is None else display_matrix(frame)
        a, b, c, d = (1, 0, 0, 1) if matrix is None else map(int, matrix[[0, 1, 3, 4]])
        return a * d - b * c > 0
