"""COCO's instances files."""
import json
from typing import List, NamedTuple, Set, Tuple

from kssnet_mm.utils.io import PathLike

from .faults import FaultHandler, raise_fault

# The 80 categories by category id; ML-GCN's files have them in alphabetical order.
COCO_CLASSES = (
    'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat',
    'traffic light', 'fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse',
    'sheep', 'cow', 'elephant', 'bear', 'zebra', 'giraffe', 'backpack', 'umbrella', 'handbag', 'tie',
    'suitcase', 'frisbee', 'skis', 'snowboard', 'sports ball', 'kite', 'baseball bat', 'baseball glove',
    'skateboard', 'surfboard', 'tennis racket', 'bottle', 'wine glass', 'cup', 'fork', 'knife', 'spoon',
    'bowl', 'banana', 'apple', 'sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut',
    'cake', 'chair', 'couch', 'potted plant', 'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse',
    'remote', 'keyboard', 'cell phone', 'microwave', 'oven', 'toaster', 'sink', 'refrigerator', 'book',
    'clock', 'vase', 'scissors', 'teddy bear', 'hair drier', 'toothbrush')


class Image(NamedTuple):
    """An image: its id, its file's name (empty where there is none) and the positions of its classes."""
    id: int
    file_name: str
    labels: Set[int]


def read_instances(file: PathLike, crowd: bool = True,
                   fault: FaultHandler = raise_fault) -> Tuple[Tuple[str, ...], List[Image]]:
    """Classes by category id, and the images in the file's order.

    Args:
        file: ``instances_*.json``.
        crowd: Whether an annotation of a crowd counts as the category's presence, as in ML-GCN.
        fault: See ``kssnet_mm.annotations``.

    Raises:
        ValueError: The file is no instances file, or ``fault`` raised.
    """
    file = str(file)
    with open(file, encoding='utf-8') as stream:
        try:
            content = json.load(stream)
        except ValueError as error:
            raise ValueError(f'{file} is not json: {error}') from error
    content = content if isinstance(content, dict) else {}
    missing = [key for key in ('images', 'annotations', 'categories')
               if not isinstance(content.get(key), list) or not (content[key] or key == 'annotations')]
    if missing:
        raise ValueError(f'{file} has no {" and no ".join(missing)}: it is not a COCO instances file')
    categories = sorted(content['categories'], key=lambda category: category['id'])
    position = {category['id']: index for index, category in enumerate(categories)}
    images = {}
    for image in content['images']:
        name = image.get('file_name', '')
        if image['id'] in images:
            fault('duplicate id', file, f'image {image["id"]} is there twice')
        if not (image.get('width', 1) > 0 and image.get('height', 1) > 0):
            fault('zero size', file, f'image {image["id"]} ({name}) is {image.get("width")} x {image.get("height")} '
                  'pixels')
        images[image['id']] = Image(image['id'], name, set())
    strangers = set()
    for annotation in content['annotations']:
        number, category, name = annotation['image_id'], annotation['category_id'], annotation.get('id')
        if number not in images:
            if number not in strangers:
                fault('unknown image', file, f'annotation {name} is of image {number}, which is not in images')
            strangers.add(number)
        elif category not in position:
            fault('unknown label', file, f'annotation {name} of image {number} has the category {category}, which is '
                  'not in categories')
        elif crowd or not annotation.get('iscrowd'):
            images[number].labels.add(position[category])
    return tuple(category['name'] for category in categories), list(images.values())
