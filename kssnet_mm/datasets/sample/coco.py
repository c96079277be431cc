"""A small MS-COCO: JPEGs and instances files, in which objects of one theme occur together."""
import json
from pathlib import Path
from typing import Dict, Iterator, List

import cv2
import numpy as np

from kssnet_mm.utils.io import write_atomically
from .glyphs import paste

SIDE = 112
# COCO's own ids, so that they have gaps; classes stand in this order.
CATEGORIES = {
    'person': 1, 'boat': 9, 'dog': 18, 'frisbee': 34, 'kite': 38, 'surfboard': 42, 'cup': 47,
    'fork': 48, 'dining table': 67, 'laptop': 73, 'mouse': 74, 'keyboard': 76
}
# What keeps company, and how likely each is there.
THEMES: Dict[str, Dict[str, float]] = {
    'park': {'person': .8, 'dog': .8, 'frisbee': .85, 'kite': .4},
    'beach': {'person': .7, 'surfboard': .85, 'boat': .7, 'kite': .6},
    'kitchen': {'dining table': .9, 'cup': .8, 'fork': .85, 'person': .3},
    'office': {'laptop': .85, 'keyboard': .85, 'mouse': .9, 'cup': .5},
}

STRAY = 0.15  # how likely an object of another theme is


def draw_scene(rng: np.random.Generator) -> tuple:
    """One scene: uint8 RGB (112, 112, 3) and a list of (category name, box x y w h)."""
    theme = THEMES[str(rng.choice(list(THEMES)))]
    names = [name for name, chance in theme.items() if rng.random() < chance]
    if rng.random() < STRAY:
        names.append(str(rng.choice([name for name in CATEGORIES if name not in names])))
    # the background says nothing of the theme
    image = np.full((SIDE, SIDE, 3), rng.uniform(60, 200, 3), dtype=np.float32)
    coarse = rng.normal(0, 28, (7, 7, 3)).astype(np.float32)
    image += cv2.resize(coarse, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    objects = []
    for name in rng.permutation(names):
        hard = rng.random() < 0.5
        size = rng.uniform(14, 24) if hard and rng.random() < 0.5 else rng.uniform(30, 52)
        alpha = rng.uniform(0.18, 0.4) if hard else rng.uniform(0.8, 1.0)
        x, y = rng.uniform(size / 2, SIDE - size / 2, 2)
        paste(image, str(name), x, y, size, alpha, rng.normal(0, 20), rng.random() < 0.5)
        if hard and rng.random() < 0.5:  # half hidden
            corner = (int(x), int(y - size / 2)) if rng.random() < 0.5 else (int(x - size / 2), int(y))
            cv2.rectangle(image, corner, (int(corner[0] + size / 2), int(corner[1] + size / 2)),
                          rng.uniform(60, 200, 3).tolist(), -1)
        objects.append((str(name), [float(x - size / 2), float(y - size / 2), float(size), float(size)]))
    image += rng.normal(0, 9, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8), objects


def write_split(root: Path, split: str, count: int, seed: int) -> Iterator[int]:
    """Write one split's images and its instances file; yields after every image."""
    images: List[dict] = []
    annotations: List[dict] = []
    for number in range(1, count + 1):
        image, objects = draw_scene(np.random.default_rng([seed, len(split), number]))
        image_id = number if split == 'train2014' else 100000 + number
        name = f'COCO_{split}_{image_id:012d}.jpg'
        ok, jpeg = cv2.imencode('.jpg', image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
        if not ok:
            raise RuntimeError('this build of OpenCV cannot encode JPEG')
        write_atomically(root / split / name, jpeg.tobytes())
        images.append(dict(id=image_id, file_name=name, width=SIDE, height=SIDE))
        for category, box in objects:
            annotations.append(dict(
                id=len(annotations) + 1, image_id=image_id, category_id=CATEGORIES[category],
                bbox=[round(v, 2) for v in box], area=round(box[2] * box[3], 2), iscrowd=0))
        yield number
    content = dict(
        info=dict(description='drawn sample data in the format of COCO'), images=images,
        annotations=annotations,
        categories=[dict(id=i, name=n, supercategory='sample') for n, i in CATEGORIES.items()])
    write_atomically(root / 'annotations' / f'instances_{split}.json',
                     json.dumps(content).encode('utf-8'))
