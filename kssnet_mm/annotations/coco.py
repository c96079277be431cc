"""COCO's instances files, and those of other data sets in this format."""
import json
from collections import abc
from typing import Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.labels import canonical_label, match_labels
from kssnet_mm.utils.text_files import read_text

from .class_list import class_names
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
    """An image: its id, its file's name (empty where there is none), positions of its classes and of unknown ones."""
    id: int
    file_name: str
    labels: Set[int]
    unknown: FrozenSet[int] = frozenset()


def read_instances(file: PathLike, crowd: bool = True, classes: Optional[Sequence[str]] = None,
                   fault: FaultHandler = raise_fault) -> Tuple[Tuple[str, ...], List[Image]]:
    """Classes by category id, and the images in the file's order.

    Images need an id, annotations an ``image_id`` and a ``category_id``, categories an id and a name. All else may be
    missing or null. An image with ``neg_category_ids``, as LVIS has them, is known to hold what is annotated and known
    not to hold those; all other classes of it are unknown.

    Args:
        file: ``instances_*.json``.
        crowd: Whether an annotation of a crowd counts as the category's presence, as in ML-GCN.
        classes: Names or class list file of the categories that count, in the order wanted. None: all of them.
        fault: See ``kssnet_mm.annotations``. Entries without what they need, and those whose id or name is there
            already, are left out.

    Raises:
        LabelMismatchError: There is no category of a name in ``classes``.
        ValueError: The file is no instances file, or ``fault`` raised; names the file and the entry.
    """
    file = str(file)
    content = _read(file)
    annotated = {entry.get('category_id') for entry in content['annotations'] if isinstance(entry, dict)
                 and isinstance(entry.get('category_id'), abc.Hashable)}
    names = _categories(file, content['categories'], annotated, fault)
    wanted = list(names.values()) if classes is None else class_names(classes)
    chosen = match_labels(wanted, list(names.values()), subset=True, where=file)
    keys = list(names)
    position = {keys[index]: place for place, index in enumerate(chosen)}
    images = _images(file, content['images'], position, fault)
    strangers = set()
    for where, entry in _entries(file, content, 'annotations', fault):
        number, category = entry.get('image_id'), entry.get('category_id')
        lacking = [key for key in ('image_id', 'category_id') if not _is_id(entry.get(key))]
        if lacking:
            fault('malformed annotation', file, f'{where} has no {" and no ".join(lacking)}')
        elif number not in images:
            if number not in strangers:
                fault('unknown image', file, f'{where} is of image {number}, which is not in images')
            strangers.add(number)
        elif category not in names:
            fault('unknown label', file, f'{where} of image {number} has the category {category}, which is not in '
                  'categories')
        elif category in position and (crowd or not entry.get('iscrowd')):
            images[number].labels.add(position[category])
    return tuple(wanted), [image._replace(unknown=image.unknown - image.labels) for image in images.values()]


def _read(file: str) -> Dict[str, list]:
    """The file's three lists.

    Raises:
        ValueError: It does not have them; says what it holds.
    """
    text = read_text(file)
    if not text.strip():
        raise ValueError(f'{file} is empty')
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f'{file} is not json: {error}') from error
    parts = content if isinstance(content, dict) else {}
    missing = [key for key in ('images', 'annotations', 'categories')
               if not isinstance(parts.get(key), list) or not (parts[key] or key == 'annotations')]
    kind = _other_kind(content)
    if missing or kind:
        held = [f'{len(value)} {key}' for key, value in parts.items() if isinstance(value, list)]
        start = f'{file} has no {" and no ".join(missing)}: it' if missing else f'{file}'
        raise ValueError(f'{start} is not a COCO instances file{kind}' + f' ({", ".join(held)})' * bool(held))
    return content


def _other_kind(content: Any) -> str:
    """What a file of COCO is that has no labels of images, in words; empty where it may have some."""
    if isinstance(content, list):
        return ', but a list, as the results of a detector are'
    annotations = content.get('annotations') if isinstance(content, dict) else None
    if annotations is None and isinstance(content, dict) and content.get('images'):
        return ', but a list of images without annotations, as those of the test images are'
    first = annotations[0] if isinstance(annotations, list) and annotations else None
    if isinstance(first, dict) and 'category_id' not in first:
        for key, kind in (('caption', 'captions'), ('segments_info', 'panoptic segments')):
            if key in first:
                return f', but one of {kind}'
    return ''


def _is_id(value: Any) -> bool:
    return isinstance(value, (int, float, str)) and not isinstance(value, bool) and value == value and value != ''


def _entries(file: str, content: Dict[str, list], part: str, fault: FaultHandler) -> Iterator[Tuple[str, dict]]:
    """Name and content of each entry of a list: its id where it has one, else its place."""
    for number, entry in enumerate(content[part]):
        if not isinstance(entry, dict):
            fault('malformed annotation', file, f'{part}[{number}] is {str(entry)[:50]!r} and not an object')
            continue
        known = _is_id(entry.get('id'))
        yield f'{part[:-1]} {entry["id"]}' if known else f'{part}[{number}]', entry


def _categories(file: str, entries: list, annotated: set, fault: FaultHandler) -> Dict[Any, str]:
    """Name of each category, by and in the order of their ids."""
    names: Dict[Any, str] = {}
    by_name: Dict[str, Any] = {}
    whole = []
    for number, entry in enumerate(entries):
        entry = entry if isinstance(entry, dict) else {}
        key, name = entry.get('id'), entry.get('name')
        if not _is_id(key) or not isinstance(name, str) or not name.strip():
            fault('malformed annotation', file, f'categories[{number}] needs an id and a name, it has {key!r} '
                  f'and {name!r}')
        else:
            whole.append((key, name, entry.get('supercategory')))
    groups = {group for _, _, group in whole}
    twins = [canonical_label(name) for _, name, _ in whole]
    for key, name, _ in sorted(whole, key=lambda category: (isinstance(category[0], str), category[0])):
        form = canonical_label(name)
        if name in groups and key not in annotated and twins.count(form) > 1:
            # it only groups the others: exporters write one of the project's name, which may be a class's too
            continue
        if key in names:
            fault('duplicate id', file, f'category {key} is there twice, as {names[key]!r} and {name!r}')
        elif form in by_name:
            first = by_name[form]
            fault('duplicate id', file, f'category {key}, {name!r}, has the name of category {first}, '
                  f'{names[first]!r}')
        else:
            names[key], by_name[form] = name, key
    return names


def _images(file: str, entries: list, position: Dict[Any, int], fault: FaultHandler) -> Dict[Any, Image]:
    """The images by id, without labels."""
    images: Dict[Any, Image] = {}
    for where, entry in _entries(file, dict(images=entries), 'images', fault):
        key, name = entry.get('id'), entry.get('file_name')
        name = name if isinstance(name, str) else ''
        if not _is_id(key):
            fault('malformed annotation', file, f'{where} ({name}) has no id')
            continue
        if key in images:
            fault('duplicate id', file, f'image {key} is there twice')
            continue
        size = [entry.get(side) for side in ('width', 'height')]
        if any(isinstance(side, (int, float)) and not side > 0 for side in size):
            fault('zero size', file, f'image {key} ({name}) is {size[0]} x {size[1]} pixels')
        excluded = entry.get('neg_category_ids')
        unknown = frozenset()
        if isinstance(excluded, list):
            known = {position[other] for other in filter(_is_id, excluded) if other in position}
            unknown = frozenset(position.values()) - known
        images[key] = Image(key, name, set(), unknown)
    return images
