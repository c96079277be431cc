"""The pictures of one explanation: their names, and what they are drawn on."""
import json
import os
import re
from typing import List, Optional, Sequence, Tuple

import numpy as np

from kssnet_mm.visualization.map_pictures import draw_map, draw_map_over_frames


def as_file_name(label: str) -> str:
    """A label in signs that every file system knows, cut where it is a sentence: 'sports-ball'."""
    return re.sub(r'[^0-9A-Za-z]+', '-', label).strip('-')[:80] or 'label'


class Pictures:
    """A folder of pictures of one input.

    Args:
        folder: Where they are written.

    Attributes:
        names: The pictures so far, in their order.
        video: Whether maps are drawn over frames.
        frames: RGB uint8 (H, W, 3) as the network saw them; one of an image.
        photograph: What single maps are drawn on, RGB uint8 (H, W, 3): the whole photograph, or the middle frame.
        box: The part of the photograph that the network saw; None: all of it.
    """

    def __init__(self, folder: str) -> None:
        self.folder, self.names = folder, []
        self.video = False
        self.frames: List[np.ndarray] = []
        self.photograph: Optional[np.ndarray] = None
        self.box: Optional[Tuple[float, float, float, float]] = None

    def remove_others(self, file: str) -> None:
        """Remove the pictures of an earlier explanation, which its json ``file`` in this folder lists."""
        try:
            with open(os.path.join(self.folder, file), encoding='utf-8') as stream:
                earlier = json.load(stream)['pictures']
            others = [name for name in earlier if name not in self.names and os.path.basename(name) == name
                      and name.endswith('.png')]
        except (OSError, ValueError, KeyError, TypeError):  # there is none, or it is another program's
            return
        for name in filter(os.path.isfile, (os.path.join(self.folder, name) for name in others)):
            os.remove(name)

    def draw_on(self, frames: Sequence[np.ndarray], video: bool, photograph: np.ndarray, box) -> None:
        """Say what the following maps are drawn on; arguments as the attributes."""
        self.frames, self.video, self.box = list(frames), video, box
        self.photograph = photograph if box else self.frames[len(self.frames) // 2]

    def path(self, kind: str, label: Optional[str] = None) -> str:
        """Where the next picture goes; two labels whose names differ in signs alone get two files."""
        name = kind if label is None else f'{kind}_{as_file_name(label)}'
        while f'{name}.png' in self.names:
            name += '_'
        self.names.append(f'{name}.png')
        return os.path.join(self.folder, f'{name}.png')

    def draw_map(self, values: np.ndarray, title: str, path: str, unit: str = 'logit, before the mean') -> None:
        """A label's map (T, h, w): over the frames of a video along time, over an image as the mean of T."""
        if self.video:
            draw_map_over_frames(self.frames, values, title, path, unit)
        else:
            draw_map(self.photograph, values.mean(axis=0), title, path, self.box, unit)
