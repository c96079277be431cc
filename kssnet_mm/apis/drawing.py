"""Draw predictions onto what they were made from."""
import os.path as osp
from collections import Counter
from typing import List, Sequence

import numpy as np

from kssnet_mm.visualization.predictions import draw_predictions

from .prediction import Prediction


def picture_names(ids: Sequence[str]) -> List[str]:
    """A name that ends in .png for each input, no two alike.

    It is the file's without its ending; with the ending where another input has the same, then with a number.
    """
    bases = [osp.basename(name.rstrip('/\\')) or 'input' for name in ids]
    stems = Counter(osp.splitext(base)[0] for base in bases)
    wholes, seen, taken, names = Counter(bases), Counter(), set(), []
    for base in bases:
        name = osp.splitext(base)[0]
        if stems[name] > 1:
            name = base if wholes[base] == 1 else f'{base}_{seen[base]}'
            seen[base] += 1
        while name in taken:
            name += '_'
        taken.add(name)
        names.append(f'{name}.png')
    return names


def draw_prediction(prediction: Prediction, pictures: Sequence[np.ndarray], path: str) -> None:
    """Write a picture of one prediction.

    Args:
        prediction: What the inferencer gave.
        pictures: RGB uint8 (H, W, 3): the image, or frames of the video.
        path: The picture to write.
    """
    thresholds = prediction.thresholds
    if thresholds is None:  # the labels are the highest alone
        thresholds = np.full(len(prediction.scores), np.inf)
        thresholds[prediction.labels] = 0
    draw_predictions(pictures, prediction.classes, prediction.scores, thresholds, path)
