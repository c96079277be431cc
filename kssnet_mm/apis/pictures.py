"""Pictures as users have them -> the 8 bits a channel that models are trained on; scaled or refused, never clipped."""
from typing import Any

import numpy as np
from PIL import Image, ImageOps

# PIL's names of what 8 bits a channel hold. OpenCV, which reads files for training, makes the same of them.
EIGHT_BIT = ('1', 'L', 'LA', 'P', 'PA', 'RGB', 'RGBA', 'RGBX', 'CMYK', 'YCbCr')


def check_mode(mode: str) -> None:
    """Refuse a PIL mode whose values have no agreed range.

    Raises:
        ValueError: It is neither of 8 nor of 16 bits a channel; names it.
    """
    if mode not in EIGHT_BIT and not mode.startswith('I;16'):
        what = {'F': '32-bit floats', 'I': '32-bit integers'}.get(mode, f'of mode {mode}')
        raise ValueError(f'its pixels are {what}, whose range nobody knows: save it with 8 or 16 bits a channel')


def check_file(path: str) -> None:
    """:func:`check_mode` of an image file's header; files that PIL does not know are left to the decoder."""
    try:
        with Image.open(path) as image:
            mode = image.mode
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return
    check_mode(mode)


def to_rgb(picture: Any, channel_order: str = 'bgr') -> np.ndarray:
    """One picture in memory -> RGB uint8 (H, W, 3).

    Args:
        picture: A PIL image, turned upright by its EXIF; or an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), of
            which the alpha is dropped. Values of 16 bits are divided by 256, as OpenCV does.
        channel_order: Of arrays with three channels or four: 'bgr' or 'rgb'.

    Raises:
        ValueError: A type, shape or mode that says no brightness; names it.
    """
    if isinstance(picture, Image.Image):
        check_mode(picture.mode)
        upright = ImageOps.exif_transpose(picture)
        if not upright.mode.startswith('I;16'):
            return np.array(upright.convert('RGB'))
        picture = np.array(upright).astype(np.uint16)  # whatever the order of its bytes was
    array = np.asarray(picture)
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif array.dtype == bool:
        array = array.astype(np.uint8) * 255
    elif array.dtype != np.uint8:
        raise ValueError(f'an array of {array.dtype} does not say how bright its values are: give uint8 (0 to 255) or '
                         'uint16')
    array = array[..., None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4) or not array.size:
        raise ValueError(f'an array of shape {array.shape} is no picture: give (H, W, 3)')
    if array.shape[2] == 1:
        return array.repeat(3, axis=2)
    array = array[..., :3]
    return np.ascontiguousarray(array[..., ::-1] if channel_order == 'bgr' else array)
