"""Simple drawings of things: the sample data's objects."""
from typing import Tuple

import cv2
import numpy as np

# A drawing is made on a canvas of this size, then scaled to where it goes.
CANVAS = 64


# A stroke is a function of OpenCV, its arguments between canvas and colour, and those behind; width -1 fills.
def _line(x0, y0, x1, y1, width):
    return cv2.line, ((x0, y0), (x1, y1)), (width, )


def _box(x0, y0, x1, y1, width=-1):
    return cv2.rectangle, ((x0, y0), (x1, y1)), (width, )


def _disc(x, y, radius):
    return cv2.circle, ((x, y), radius), (-1, cv2.LINE_AA)


def _arc(x, y, width, height, turn=0, first=0, last=360, line=-1):
    return cv2.ellipse, ((x, y), (width, height), turn, first, last), (line, cv2.LINE_AA)


def _poly(*points):
    return cv2.fillPoly, ([np.array(points, dtype=np.int32)], ), (cv2.LINE_AA, )


# Name -> colour and strokes.
GLYPHS = {
    'person': ((205, 140, 90), [_disc(32, 13, 9), _box(24, 23, 40, 45), *(_line(x, 45, x, 62, 5) for x in (27, 37)),
                                _line(24, 27, 10, 40, 4), _line(40, 27, 54, 40, 4)]),
    'dog': ((150, 100, 50), [_arc(30, 36, 20, 10), _disc(51, 26, 9), _line(11, 32, 3, 20, 4),
                             *(_line(x, 40, x, 58, 4) for x in (16, 24, 38, 45))]),
    'frisbee': ((230, 60, 60), [_arc(32, 32, 28, 14, line=6)]),
    'dining table': ((140, 90, 60), [_box(2, 20, 62, 29), *(_line(x, 29, x, 60, 5) for x in (8, 56))]),
    'cup': ((235, 235, 235), [_box(14, 16, 42, 54), _arc(44, 34, 11, 12, 0, -90, 90, line=5)]),
    'fork': ((190, 190, 200), [_line(32, 26, 32, 62, 6), _line(20, 26, 44, 26, 5),
                               *(_line(x, 3, x, 26, 4) for x in (20, 32, 44))]),
    'laptop': ((90, 90, 100), [_box(12, 8, 52, 40, 5), _poly((4, 56), (60, 56), (52, 44), (12, 44))]),
    'keyboard': ((60, 60, 60), [_box(x, y, x + 7, y + 7) for y in (24, 34, 44) for x in range(4, 60, 10)]),
    'mouse': ((120, 120, 130), [_arc(32, 42, 12, 18), _line(32, 24, 46, 4, 3)]),
    'kite': ((230, 80, 200), [_poly((32, 2), (50, 22), (32, 46), (14, 22)), _line(32, 46, 26, 52, 3),
                              _line(26, 52, 36, 57, 3), _line(36, 57, 30, 63, 3)]),
    'surfboard': ((250, 210, 60), [_arc(32, 32, 9, 31, 25)]),
    'boat': ((60, 80, 190), [_poly((2, 44), (62, 44), (50, 60), (14, 60)), _poly((32, 4), (32, 40), (56, 40))]),
    'door': ((150, 110, 70), [_box(16, 2, 48, 62, 6), _disc(40, 34, 4)]),
    'book': ((70, 150, 90), [_poly((4, 12), (30, 18), (30, 56), (4, 50)),
                             _poly((60, 12), (34, 18), (34, 56), (60, 50))]),
    'ball': ((240, 140, 40), [_disc(32, 32, 26)]),
}


def glyph(name: str) -> Tuple[np.ndarray, np.ndarray]:
    """Colour (3,) float32 in 0..255 and mask (64, 64, 1) in 0..1."""
    color, strokes = GLYPHS[name]
    mask = np.zeros((CANVAS, CANVAS), dtype=np.uint8)
    for function, where, style in strokes:
        function(mask, *where, 255, *style)
    return np.float32(color), mask[..., None] / np.float32(255)


def paste(image: np.ndarray, name: str, x: float, y: float, size: float, alpha: float = 1.0,
          tint: float = 0.0, flip: bool = False) -> None:
    """Draw a glyph into ``image`` (H, W, 3 float32) in place.

    Args:
        image: The picture.
        name: A key of ``GLYPHS``.
        x, y: Centre in pixels.
        size: Side in pixels.
        alpha: Opacity; below about 0.4 it is faint.
        tint: Shift of the colour, in grey values.
        flip: Mirror it.
    """
    color, mask = glyph(name)
    side = max(int(round(size)), 4)
    mask = cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA)[..., None]
    mask = mask[:, ::-1] if flip else mask
    left, top = int(round(x - side / 2)), int(round(y - side / 2))
    height, width = image.shape[:2]
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x0 >= x1 or y0 >= y1:
        return
    part = mask[y0 - top:y1 - top, x0 - left:x1 - left] * alpha
    image[y0:y1, x0:x1] += part * (color + tint - image[y0:y1, x0:x1])
