"""Pictures in memory -> the 8 bits a channel that models are trained on; scaled or refused, never clipped."""
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from kssnet_mm.datasets.image_files import check_mode


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
        if picture.format == 'TIFF' and 'A' in picture.mode:
            raise ValueError('a TIFF with an alpha channel, which OpenCV multiplies into the colours and PIL does not: '
                             'save it without')
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
