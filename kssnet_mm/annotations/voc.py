"""Pascal VOC's lists of images and its annotation of each image in xml."""
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Collection, Iterator, List, NamedTuple, Sequence, Tuple

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.labels import canonical_label, index_labels
from kssnet_mm.utils.text_files import read_bytes, read_text

from .faults import FaultHandler, raise_fault

VOC_CLASSES = ('aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow',
               'diningtable', 'dog', 'horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa',
               'train', 'tvmonitor')
# Target of a class of which an image has only objects marked difficult.
DIFFICULT = dict(ignore=-1, negative=0, positive=1)
_FLAG = re.compile(r'\s+(?:1|-1|0)$')
_ENDING = re.compile(r'\.(?:jpe?g|png|bmp)$', re.IGNORECASE)
_DECLARED = re.compile(rb'\s*<\?xml[^>]*encoding=["\']([A-Za-z][\w.-]*)["\'][^>]*\?>')
# Characters of a line in a list: file systems take names of 255 bytes.
LONGEST = 200


class Image(NamedTuple):
    """An image: its name, (class, whether it is marked difficult) of each object, and its place in the list."""
    name: str
    objects: List[Tuple[str, bool]]
    where: str


def split_files(data_root: PathLike, split: str) -> Tuple[Path, Path]:
    """The list of a split and the folder of annotations, in the folder of a year."""
    return Path(data_root) / 'ImageSets' / 'Main' / f'{split}.txt', Path(data_root) / 'Annotations'


def read_split(listing: PathLike, folder: PathLike) -> List[Tuple[int, str]]:
    """Line and name of each image in the list of a split.

    A line is a name, which may hold blanks. The lists of a class, such as ``dog_train.txt``, have 1, -1 or 0 behind
    the name, and other people's lists the ending of the image: if there is no annotation of the whole line, these are
    left out.

    Args:
        listing: The list.
        folder: Folder of annotations.

    Raises:
        OSError: There is no such list.
        ValueError: It is no text in UTF-8, or a line is too long for a name.
    """
    found = []
    for number, line in enumerate(read_text(listing).split('\n'), 1):
        line = line.strip()
        if len(line) > LONGEST:
            raise ValueError(f'{listing}:{number}: a line of {len(line)} characters, which is no name of an image')
        if line:
            plain = _FLAG.sub('', line)
            names = dict.fromkeys((line, plain, _ENDING.sub('', plain)))
            # to ask for a file takes time, and most lines leave no choice
            known = (name for name in names if len(names) == 1 or (Path(folder) / f'{name}.xml').is_file())
            found.append((number, next(known, plain)))
    return found


def _parse(path: PathLike) -> ElementTree.Element:
    """The root of an annotation in any encoding that it declares.

    Raises:
        ValueError: It is no xml.
    """
    content = read_bytes(path)
    try:
        return ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        text = str(error)
        if 'invalid token' in text and _DECLARED.match(content) is None:
            try:
                content.decode('utf-8')
            except UnicodeDecodeError:
                text += '; it is not UTF-8 and declares no other encoding'
        raise ValueError(f'{path} is not xml: {text}') from error
    except (ValueError, LookupError) as error:  # the parser knows the encodings of one byte and Unicode's alone
        declared = _DECLARED.match(content)
        if declared is None:
            raise ValueError(f'{path} is not xml: {error}') from error
    encoding = declared.group(1).decode('ascii')
    try:
        return ElementTree.fromstring(content.decode(encoding)[declared.end():])
    except (LookupError, ValueError, ElementTree.ParseError) as error:
        raise ValueError(f'{path} cannot be read in the encoding that it declares, {encoding} ({error})') from error


def read_objects(path: PathLike) -> List[Tuple[str, bool]]:
    """Name of each object in a VOC annotation, and whether it is marked difficult.

    Raises:
        ValueError: The file is missing, no xml, or has an object without a name.
    """
    try:
        root = _parse(path)
    except FileNotFoundError:
        raise ValueError(f'{path}: this annotation is missing') from None
    objects = []
    for item in root.iter('object'):
        name = (item.findtext('name') or '').strip()
        if not name:
            raise ValueError(f'{path}: an object without a name')
        objects.append((name, item.findtext('difficult', '0').strip().casefold() in ('1', 'true')))
    return objects


def read_images(listing: PathLike, folder: PathLike, classes: Sequence[str] = VOC_CLASSES,
                fault: FaultHandler = raise_fault, left_out: Collection[str] = ()) -> Iterator[Image]:
    """The images of a split, in the list's order, with the classes of their objects.

    Args:
        listing: ``ImageSets/Main/<split>.txt``.
        folder: ``Annotations``.
        classes: Names that count, compared without regard to case and ``_``.
        fault: See ``kssnet_mm.annotations``. Images that are listed twice or have no whole annotation, and objects of
            other names, are left out.
        left_out: Names of objects that are not counted and are no fault. VOC's twenty are among them if all
            ``classes`` are.

    Raises:
        OSError: There is no such list.
        ValueError: ``fault`` raised.
    """
    seen, position, voc = {}, index_labels(classes), {canonical_label(name) for name in VOC_CLASSES}
    own = not position.keys() <= voc
    ignored = {canonical_label(name) for name in left_out} | (set() if own else voc)
    for line, name in read_split(listing, folder):
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
        counted = []
        for label, difficult in objects:
            form = canonical_label(label)
            if form in position:
                counted.append((classes[position[form]], difficult))
            elif form not in ignored:
                fault('unknown label', str(path), f'{label!r} is not one of the classes; left_out=[{label!r}] leaves '
                      'such objects out' if own else f'{label!r} is not a VOC class')
        yield Image(name, counted, where)


def targets_of(objects: Sequence[Tuple[str, bool]], classes: Sequence[str], difficult: str) -> List[int]:
    """N values of 1, 0 and -1 (unknown) from name and difficulty of each object.

    Args:
        objects: As :class:`Image` has them.
        classes: N names.
        difficult: A word of ``DIFFICULT``, which says what a class is whose objects are all difficult.
    """
    easy = {name for name, hard in objects if not hard}
    hard = {name for name, hard in objects if hard}
    return [1 if name in easy else DIFFICULT[difficult] if name in hard else 0 for name in classes]
