"""Labels of a Pascal VOC folder."""
from typing import Dict, List, Optional, Sequence, Tuple

from scipy import sparse

from kssnet_mm.annotations.voc import VOC_CLASSES, read_images, split_files
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.io import PathLike

from .label_source import LabelSource
from .targets import select, targets_from_sets

# VOC writes these in one word, which ConceptNet and word vectors may lack.
CONCEPTS = dict(diningtable=['dining_table'], pottedplant=['potted_plant'], tvmonitor=['tv', 'monitor'])


@TASK_UTILS.register_module()
class VOCLabels(LabelSource):
    """Which classes each image of a Pascal VOC split holds.

    Args:
        data_root: Folder of a year, with ``ImageSets/Main`` and ``Annotations``.
        split: Name of the list in ``ImageSets/Main``.
        difficult: Whether objects marked difficult count; ML-GCN ignores them.
        classes: Class names in any order. None: VOC's twenty, in alphabetical order.
        keep_unlabelled: Whether images without any of the classes count as samples.
    """

    def __init__(self, data_root: PathLike, split: str = 'trainval', difficult: bool = False,
                 classes: Optional[Sequence[str]] = None, keep_unlabelled: bool = False) -> None:
        self.data_root, self.split, self.difficult = data_root, split, difficult
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def load(self) -> Tuple[List[str], sparse.csr_array]:
        """Labels (N) and targets (n x N uint8, CSR), images in the order of the split.

        Raises:
            ValueError: The annotations are refused by :func:`read_images`.
        """
        position = {label: index for index, label in enumerate(VOC_CLASSES)}
        held = [{position[label] for label, hard in image.objects if self.difficult or not hard}
                for image in read_images(*split_files(self.data_root, self.split))]
        return select(VOC_CLASSES, targets_from_sets(held, len(VOC_CLASSES)), self.classes,
                      self.keep_unlabelled, str(self.data_root))

    def concepts(self) -> Dict[str, List[str]]:
        """The concepts of the classes whose names VOC writes in one word; the others go by their names."""
        return dict(CONCEPTS)
