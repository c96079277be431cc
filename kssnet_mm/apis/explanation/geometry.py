"""Which part of a photograph the network saw, and the frames of a clip as it saw them."""
from typing import List, Optional, Tuple

import numpy as np

from kssnet_mm.apis.reading import Reader


def seen_box(reader: Reader, height: int, width: int) -> Optional[Tuple[float, float, float, float]]:
    """Left, top, right and bottom edge of what the test pipeline leaves of a photograph, in its pixels.

    Pixels that hold their own coordinates are sent through the pipeline, so that any resizing and cropping is
    followed. None where that fails, as with steps that take no float pixels, or where the picture is turned.
    """
    ramp = np.zeros((height, width, 3), dtype=np.float32)
    ramp[..., 0], ramp[..., 2] = np.arange(width), np.arange(height)[:, None]
    try:
        seen = reader.run([ramp])[0]['inputs'].float().numpy()  # channels last comes first: mmcv has BGR
        (left, right), (top, bottom) = (_ends(line) for line in (seen[2].mean(axis=0), seen[0].mean(axis=1)))
    except Exception:  # transforms refuse in their own ways; the caller has another picture to draw on
        return None
    return (left, top, right, bottom) if left < right and top < bottom else None


def _ends(line: np.ndarray) -> Tuple[float, float]:
    """The edges of a row of pixels from the coordinates at its inner ones; those at the border are clamped."""
    first, last = len(line) // 4, len(line) - 1 - len(line) // 4
    step = (line[last] - line[first]) / (last - first)
    start = float(line[first] - (first + 0.5) * step + 0.5)
    return start, float(start + len(line) * step)


def seen_frames(inputs) -> List[np.ndarray]:
    """A packed sample, (3, H, W) in BGR or (V, 3, [T,] H, W) in RGB -> RGB uint8 (H, W, 3), the views one by one."""
    x = inputs.numpy()
    if x.ndim == 3:
        return [np.ascontiguousarray(x[::-1].transpose(1, 2, 0)).astype(np.uint8)]
    x = x.transpose(0, 2, 3, 4, 1).reshape(-1, *x.shape[3:], 3) if x.ndim == 5 else x.transpose(0, 2, 3, 1)
    return list(x.astype(np.uint8))
