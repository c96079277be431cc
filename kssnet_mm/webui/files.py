"""The files of one visit: what was seen, and what can be downloaded."""
import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Sequence, Tuple

import numpy as np
from PIL import Image

from kssnet_mm.apis.drawing import draw_prediction
from kssnet_mm.apis.explanation.pictures import as_file_name
from kssnet_mm.utils.io import whole_file, write_atomically

from .visit import Visit

# Pixels of what was seen, as it is shown and drawn.
LONGEST, STRIP_HEIGHT, GAP = 1280, 180, 6


def picture_of(pictures: Sequence[np.ndarray]) -> Image.Image:
    """An image of at most 1280 pixels a side; of a video a strip of its frames.

    Args:
        pictures: RGB uint8 (H, W, 3), one of an image.
    """
    images = [Image.fromarray(picture) for picture in pictures]
    if len(images) == 1:
        images[0].thumbnail((LONGEST, LONGEST))
        return images[0]
    images = [image.resize((max(round(image.width * STRIP_HEIGHT / image.height), 1), STRIP_HEIGHT))
              for image in images]
    strip = Image.new('RGB', (sum(image.width + GAP for image in images) - GAP, STRIP_HEIGHT), 'white')
    left = 0
    for image in images:
        strip.paste(image, (left, 0))
        left += image.width + GAP
    return strip


def label_folder(visit: Visit) -> str:
    """The folder of the selected label's explanation."""
    name = as_file_name(str(visit.prediction.classes[visit.selected]))
    return os.path.join(visit.folder, f'{visit.selected:03d}_{name}')


def as_json(visit: Visit) -> dict:
    """All that was found in a visit: every score with its threshold, the explained labels, and the last what-if."""
    explanations, what_if = [], None
    for path in sorted(Path(visit.folder).glob('*/explanation.json')):
        found = json.loads(path.read_text(encoding='utf-8'))
        if path.parent.name == 'what_if':
            what_if = found['what_if']
        else:
            (label, ), position = found['labels'], int(path.parent.name.split('_')[0])
            now = dict(visit.prediction.row(position), predicted=position in visit.prediction.labels)
            explanations.append(dict(label, **now, connections=found['connections'], notes=found['notes']))
    return dict(visit.prediction.as_dict(all_scores=True), explanations=explanations, what_if=what_if)


def write_downloads(visit: Visit) -> Tuple[str, str]:
    """Write the json of a visit, and a zip of it and of all pictures.

    Returns:
        The paths of the two.
    """
    folder, stem = Path(visit.folder), os.path.splitext(visit.prediction.id)[0] or 'prediction'
    draw_prediction(visit.prediction, [np.asarray(Image.open(folder / 'seen.png').convert('RGB'))],
                    str(folder / 'prediction.png'))
    text, packed = str(folder / f'{stem}.json'), str(folder / f'{stem}.zip')
    write_atomically(text, json.dumps(as_json(visit), indent=1, ensure_ascii=False))
    with whole_file(packed) as temporary, zipfile.ZipFile(temporary, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.write(text, os.path.basename(text))
        archive.write(folder / 'prediction.png', 'prediction.png')
        for path in sorted(folder.glob('*/*.png')):
            # a prediction.png there has the thresholds of another moment, and what-if repeats a label's pictures
            if path.parent.name != 'input' and path.name != 'prediction.png' and (
                    path.parent.name != 'what_if' or path.name == 'what_if.png'):
                archive.write(path, path.relative_to(folder).as_posix())
    return text, packed


def forget(visit: Visit) -> None:
    """Delete everything that was written for a visit."""
    if visit.folder:
        shutil.rmtree(visit.folder, ignore_errors=True)
