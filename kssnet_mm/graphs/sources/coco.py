"""Labels of a COCO instances file."""
import os
from typing import List, Optional, Sequence, Tuple

from scipy import sparse

from kssnet_mm.annotations.coco import read_instances
from kssnet_mm.annotations.label_cells import by_policy, check_policy
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.io import PathLike

from .label_source import LabelSource
from .targets import select, targets_from_sets


@TASK_UTILS.register_module()
class CocoLabels(LabelSource):
    """Which categories each image of a COCO ``instances_*.json`` holds.

    Args:
        ann_file: Path of the instances file.
        classes: Category names in any order, or a class list file. None: all of the file's, by category id.
        keep_unlabelled: Whether images without any of the classes count as samples.
        crowd: Whether an annotation of a crowd counts as the category's presence, as in ML-GCN.
        unknown: What a class is of which the file does not say whether an image holds it (LVIS), in the words of
            ``TableSettings``.

    Raises:
        ValueError: ``unknown`` is something else.
    """

    def __init__(self, ann_file: PathLike, classes: Optional[Sequence[str]] = None,
                 keep_unlabelled: bool = False, crowd: bool = True, unknown: str = 'ignore') -> None:
        check_policy(unknown)
        self.ann_file, self.classes = ann_file, classes
        self.keep_unlabelled, self.crowd, self.unknown = keep_unlabelled, crowd, unknown

    def load(self) -> Tuple[List[str], sparse.csr_array]:
        """Labels (N) and targets (n x N uint8, int8 where some are unknown; CSR), images in the order of the file.

        Raises:
            ValueError: The file is refused by :func:`read_instances`.
        """
        labels, images = read_instances(self.ann_file, self.crowd, self.classes)
        sets = [by_policy(image.labels, image.unknown, self.unknown, f'{self.ann_file}: image {image.id}')
                for image in images]
        targets = targets_from_sets([held for held, _ in sets], len(labels), [unknown for _, unknown in sets])
        return select(labels, targets, None, self.keep_unlabelled, os.fspath(self.ann_file))
