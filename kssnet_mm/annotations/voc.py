"""Pascal VOC's lists of images and its annotation of each image in xml."""
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Collection, Iterator, List, NamedTuple, Tuple

from kssnet_mm.utils.io import PathLike

from .faults import FaultHandler, raise_fault

VOC_CLASSES = ('aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow',
               'diningtable', 'dog', 'horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa',
               'train', 'tvmonitor')


class Image(NamedTuple):
    """An image: its name, (class, whether it is marked difficult) of each object, and its place in the list."""
    name: str
    objects: List[Tuple[str, bool]]
    where: str


def split_files(data_root: PathLike, split: str) -> Tuple[Path, Path]:
    """The list of a split and the folder of annotations, in the folder of a year."""
    return Path(data_root) / 'ImageSets' / 'Main' / f'{split}.txt', Path(data_root) / 'Annotations'


def read_split(listing: PathLike) -> List[Tuple[int, str]]:
    """Line and name of each image in the list of a split."""
    with open(listing, encoding='utf-8') as file:
        return [(number, line.split()[0]) for number, line in enumerate(file, 1) if line.strip()]


def read_objects(path: PathLike) -> List[Tuple[str, bool]]:
    """Name of each object in a VOC annotation, and whether it is marked difficult.

    Raises:
        ValueError: The file is missing, no xml, or has an object without a name.
    """
    try:
        root = ElementTree.parse(path).getroot()
    except FileNotFoundError:
        raise ValueError(f'{path}: this annotation is missing') from None
    except ElementTree.ParseError as error:
        raise ValueError(f'{path} is not xml: {error}') from error
    objects = []
    for item in root.iter('object'):
        name = (item.findtext('name') or '').strip()
        if not name:
            raise ValueError(f'{path}: an object without a name')
        objects.append((name, item.findtext('difficult', '0').strip() == '1'))
    return objects


def read_images(listing: PathLike, folder: PathLike, classes: Collection[str] = VOC_CLASSES,
                fault: FaultHandler = raise_fault) -> Iterator[Image]:
    """The images of a split, in the list's order.

    Args:
        listing: ``ImageSets/Main/<split>.txt``.
        folder: ``Annotations``.
        classes: Names that objects may have.
        fault: See ``kssnet_mm.annotations``. Images that are listed twice or have no whole annotation, and objects of
            other names, are left out.

    Raises:
        OSError: There is no such list.
        ValueError: ``fault`` raised.
    """
    seen = {}
    for line, name in read_split(listing):
        where, path = f'{listing}:{line}', Path(folder) / f'{name}.xml'
        if name in seen:
            fault('duplicate id', where, f'{name!r} was already on line {seen[name]}')
            continue
        seen[name] = line
        try:
            objects = read_objects(path)
        except ValueError as error:
            fault('malformed annotation', where, str(error))
            continue
        for label, _ in objects:
            if label not in classes:
                fault('unknown label', str(path), f'{label!r} is not a VOC class')
        yield Image(name, [item for item in objects if item[0] in classes], where)
