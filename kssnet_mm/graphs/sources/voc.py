"""Labels of a Pascal VOC folder."""
import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple, Union

from mmengine.fileio import list_from_file
from mmengine.utils import track_iter_progress

from kssnet_mm.registry import TASK_UTILS

from ..label_graph import Matrix
from .targets import select, targets_from_sets

VOC_CLASSES = ('aeroplane', 'bicycle', 'bird', 'boat', 'bottle', 'bus', 'car', 'cat', 'chair', 'cow',
               'diningtable', 'dog', 'horse', 'motorbike', 'person', 'pottedplant', 'sheep', 'sofa',
               'train', 'tvmonitor')
# VOC writes these in one word, which neither ConceptNet nor word vectors need have.
CONCEPTS = dict(diningtable=['dining_table'], pottedplant=['potted_plant'], tvmonitor=['tv', 'monitor'])


def read_objects(path: Path) -> List[Tuple[str, bool]]:
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
        name = item.findtext('name')
        if not name:
            raise ValueError(f'{path}: an object without a name')
        objects.append((name.strip(), item.findtext('difficult', '0').strip() == '1'))
    return objects


def annotation_files(data_root: Union[str, os.PathLike], split: str) -> Tuple[Path, List[Path]]:
    """The list of a split and the annotation of each of its images, in the list's order.

    Raises:
        OSError: There is no such list.
    """
    listed = Path(data_root) / 'ImageSets' / 'Main' / f'{split}.txt'
    names = [line.split()[0] for line in list_from_file(listed) if line.strip()]
    return listed, [Path(data_root) / 'Annotations' / f'{name}.xml' for name in names]


@TASK_UTILS.register_module()
class VOCLabels:
    """Which classes each image of a Pascal VOC split holds.

    Args:
        data_root: Folder of a year, with ``ImageSets/Main`` and ``Annotations``.
        split: Name of the list in ``ImageSets/Main``.
        difficult: Whether objects marked difficult count; ML-GCN ignores them.
        classes: Class names in any order. None: VOC's twenty, in alphabetical order.
        keep_unlabelled: Whether images without any of the classes count as samples.
    """

    def __init__(self, data_root: Union[str, os.PathLike], split: str = 'trainval',
                 difficult: bool = False, classes: Optional[Sequence[str]] = None,
                 keep_unlabelled: bool = False) -> None:
        self.data_root, self.split, self.difficult = Path(data_root), split, difficult
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def load(self) -> Tuple[List[str], Matrix]:
        """Labels (N) and targets (n x N uint8), images in the order of the split.

        Raises:
            ValueError: An annotation is missing or malformed; names the file.
        """
        position = {label: index for index, label in enumerate(VOC_CLASSES)}
        held = []
        for path in track_iter_progress(annotation_files(self.data_root, self.split)[1]):
            objects = [label for label, hard in read_objects(path) if self.difficult or not hard]
            unknown = [label for label in objects if label not in position]
            if unknown:
                raise ValueError(f'{path}: {unknown[0]!r} is not a VOC class')
            held.append({position[label] for label in objects})
        return select(VOC_CLASSES, targets_from_sets(held, len(VOC_CLASSES)), self.classes,
                      self.keep_unlabelled, str(self.data_root))

    def concepts(self) -> Dict[str, List[str]]:
        """The concepts of the classes whose names VOC writes in one word; the others go by their names."""
        return dict(CONCEPTS)
