"""Simple drawings of the objects in the sample data."""
from typing import Callable, Dict, Tuple

import cv2
import numpy as np

Color = Tuple[int, int, int]
# A drawing is made on a canvas of this size with shape and mask, then scaled to where it goes.
CANVAS = 64


def _poly(points):

    def draw(canvas, color):
        cv2.fillPoly(canvas, [np.array(points, dtype=np.int32)], color, cv2.LINE_AA)

    return draw


def _person(canvas, color):
    cv2.circle(canvas, (32, 13), 9, color, -1, cv2.LINE_AA)
    cv2.rectangle(canvas, (24, 23), (40, 45), color, -1)
    for x in (27, 37):
        cv2.line(canvas, (x, 45), (x, 62), color, 5)
    cv2.line(canvas, (24, 27), (10, 40), color, 4)
    cv2.line(canvas, (40, 27), (54, 40), color, 4)


def _dog(canvas, color):
    cv2.ellipse(canvas, (30, 36), (20, 10), 0, 0, 360, color, -1, cv2.LINE_AA)
    cv2.circle(canvas, (51, 26), 9, color, -1, cv2.LINE_AA)
    for x in (16, 24, 38, 45):
        cv2.line(canvas, (x, 40), (x, 58), color, 4)
    cv2.line(canvas, (11, 32), (3, 20), color, 4)


def _ring(canvas, color):
    cv2.ellipse(canvas, (32, 32), (28, 14), 0, 0, 360, color, 6, cv2.LINE_AA)


def _table(canvas, color):
    cv2.rectangle(canvas, (2, 20), (62, 29), color, -1)
    for x in (8, 56):
        cv2.line(canvas, (x, 29), (x, 60), color, 5)


def _cup(canvas, color):
    cv2.rectangle(canvas, (14, 16), (42, 54), color, -1)
    cv2.ellipse(canvas, (44, 34), (11, 12), 0, -90, 90, color, 5, cv2.LINE_AA)


def _fork(canvas, color):
    cv2.line(canvas, (32, 26), (32, 62), color, 6)
    for x in (20, 32, 44):
        cv2.line(canvas, (x, 3), (x, 26), color, 4)
    cv2.line(canvas, (20, 26), (44, 26), color, 5)


def _laptop(canvas, color):
    cv2.rectangle(canvas, (12, 8), (52, 40), color, 5)
    _poly([(4, 56), (60, 56), (52, 44), (12, 44)])(canvas, color)


def _keyboard(canvas, color):
    for y in (24, 34, 44):
        for x in range(4, 60, 10):
            cv2.rectangle(canvas, (x, y), (x + 7, y + 7), color, -1)


def _mouse(canvas, color):
    cv2.ellipse(canvas, (32, 42), (12, 18), 0, 0, 360, color, -1, cv2.LINE_AA)
    cv2.line(canvas, (32, 24), (46, 4), color, 3)


def _kite(canvas, color):
    _poly([(32, 2), (50, 22), (32, 46), (14, 22)])(canvas, color)
    cv2.polylines(canvas, [np.array([(32, 46), (26, 52), (36, 57), (30, 63)])], False, color, 3)


def _surfboard(canvas, color):
    cv2.ellipse(canvas, (32, 32), (9, 31), 25, 0, 360, color, -1, cv2.LINE_AA)


def _boat(canvas, color):
    _poly([(2, 44), (62, 44), (50, 60), (14, 60)])(canvas, color)
    _poly([(32, 4), (32, 40), (56, 40)])(canvas, color)


def _door(canvas, color):
    cv2.rectangle(canvas, (16, 2), (48, 62), color, 6)
    cv2.circle(canvas, (40, 34), 4, color, -1, cv2.LINE_AA)


def _book(canvas, color):
    _poly([(4, 12), (30, 18), (30, 56), (4, 50)])(canvas, color)
    _poly([(60, 12), (34, 18), (34, 56), (60, 50)])(canvas, color)


def _ball(canvas, color):
    cv2.circle(canvas, (32, 32), 26, color, -1, cv2.LINE_AA)


GLYPHS: Dict[str, Tuple[Callable, Color]] = {
    'person': (_person, (205, 140, 90)), 'dog': (_dog, (150, 100, 50)),
    'frisbee': (_ring, (230, 60, 60)), 'dining table': (_table, (140, 90, 60)),
    'cup': (_cup, (235, 235, 235)), 'fork': (_fork, (190, 190, 200)),
    'laptop': (_laptop, (90, 90, 100)), 'keyboard': (_keyboard, (60, 60, 60)),
    'mouse': (_mouse, (120, 120, 130)), 'kite': (_kite, (230, 80, 200)),
    'surfboard': (_surfboard, (250, 210, 60)), 'boat': (_boat, (60, 80, 190)),
    'door': (_door, (150, 110, 70)), 'book': (_book, (70, 150, 90)), 'ball': (_ball, (240, 140, 40)),
}


def glyph(name: str) -> Tuple[np.ndarray, np.ndarray]:
    """RGB float32 (64, 64, 3) in 0..255 and its mask (64, 64, 1) in 0..1."""
    draw, color = GLYPHS[name]
    mask = np.zeros((CANVAS, CANVAS), dtype=np.uint8)
    draw(mask, 255)
    return np.full((CANVAS, CANVAS, 3), color, dtype=np.float32), mask[..., None] / np.float32(255)


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
    image[y0:y1, x0:x1] += part * (color[0, 0] + tint - image[y0:y1, x0:x1])
