"""Labels of a Pascal VOC folder."""
from typing import Dict, List, Sequence, Tuple, Union

import numpy as np
from scipy import sparse

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.voc import DIFFICULT, VOC_CLASSES, read_images, split_files, targets_of
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
        data_root: Folder of a year, or one of the same layout, with ``ImageSets/Main`` and ``Annotations``.
        split: Name of the list in ``ImageSets/Main``.
        difficult: What a class is of which an image has only objects marked difficult: 'negative' or False (not held,
            as in ML-GCN), 'positive' or True (held), or 'ignore' (unknown).
        classes: Class names in any order, own ones too, or a class list file. None: VOC's twenty, in alphabetical
            order.
        left_out: Names of objects that are no class here, see ``read_images``.
        keep_unlabelled: Whether images without any of the classes count as samples.

    Raises:
        ValueError: ``difficult`` is something else.
    """

    def __init__(self, data_root: PathLike, split: str = 'trainval', difficult: Union[bool, str] = False,
                 classes: Union[PathLike, Sequence[str], None] = None, left_out: Sequence[str] = (),
                 keep_unlabelled: bool = False) -> None:
        policy = {False: 'negative', True: 'positive'}.get(difficult, difficult)
        if policy not in DIFFICULT:
            raise ValueError(f'difficult must be one of {sorted(DIFFICULT)}, got {difficult!r}')
        if isinstance(left_out, str):
            raise ValueError(f'left_out must be a list of names, got {left_out!r}')
        self.data_root, self.split, self.difficult = data_root, split, policy
        self.classes, self.left_out, self.keep_unlabelled = classes, left_out, keep_unlabelled

    def load(self) -> Tuple[List[str], sparse.csr_array]:
        """Labels (N) and targets (n x N uint8, int8 where some are unknown; CSR), images in the order of the split.

        Raises:
            ValueError: The annotations are refused by :func:`read_images`.
        """
        classes = class_names(self.classes) or list(VOC_CLASSES)
        rows = [np.array(targets_of(image.objects, classes, self.difficult))
                for image in read_images(*split_files(self.data_root, self.split), classes, left_out=self.left_out)]
        targets = targets_from_sets([np.flatnonzero(row > 0) for row in rows], len(classes),
                                    [np.flatnonzero(row < 0) for row in rows])
        return select(classes, targets, None, self.keep_unlabelled, str(self.data_root))

    def concepts(self) -> Dict[str, List[str]]:
        """The concepts of the classes whose names VOC writes in one word; the others go by their names."""
        return dict(CONCEPTS)
