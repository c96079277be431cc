"""MS-COCO as a multi-label image data set."""
import os.path as osp
from typing import List, Sequence, Union

from mmpretrain.datasets import BaseDataset

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.coco import read_instances
from kssnet_mm.annotations.label_cells import by_policy, check_policy
from kssnet_mm.registry import DATASETS

from .sample_policy import SamplePolicy


@DATASETS.register_module()
class CocoMultiLabel(SamplePolicy, BaseDataset):
    """Image-level labels from COCO's instances files (2014 and 2017).

    Classes stand in the order of their category ids, with their names in ``metainfo['classes']``.
    Crowd annotations count as labels too.

    Args:
        ann_file: ``instances_*.json``.
        classes: Names of the categories that count, in the order wanted, or a class list file. The others are left
            out, as a category that only groups the others has to be. None: all, by category id.
        crowd: Whether an annotation of a crowd counts as the category's presence.
        unknown: What a class is of which the file does not say whether an image holds it (LVIS): 'ignore' (unknown),
            'negative', 'positive' or 'error'.
        keep_unlabelled: Whether images without any label stay. ML-GCN drops them, others keep them;
            both counts are logged.
        **kwargs: ``on_bad_media`` of :class:`SamplePolicy`, and those of mmpretrain's ``BaseDataset``:
            data_root, data_prefix, pipeline, ...

    Raises:
        ValueError: A setting or the file is wrong; names the entry.
    """

    def __init__(self, ann_file: str, classes: Union[str, Sequence[str], None] = None, crowd: bool = True,
                 unknown: str = 'ignore', keep_unlabelled: bool = False, data_root: str = '', **kwargs) -> None:
        check_policy(unknown)
        if isinstance(classes, str):
            classes = osp.join(data_root or '', classes)
        self.class_names, self.crowd, self.unknown = class_names(classes), crowd, unknown
        super().__init__(ann_file=ann_file, keep_unlabelled=keep_unlabelled, data_root=data_root, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict an image: img_path, img_id, gt_label and unknown (sorted class indices); by image id."""
        names, images = read_instances(self.ann_file, self.crowd, self.class_names, self.fault)
        wanted = self._metainfo.get('classes')
        if wanted is not None and tuple(wanted) != names:
            raise ValueError(f'metainfo.classes differ from the categories of {self.ann_file}, by '
                             f'id: {names}; other classes and orders are chosen by the setting classes')
        self._metainfo['classes'] = names
        data = []
        for image in sorted(images, key=lambda image: (isinstance(image.id, str), image.id)):
            if not image.file_name:
                self.fault('malformed annotation', self.ann_file, f'image {image.id} has no file_name')
                continue
            held, unknown = by_policy(image.labels, image.unknown, self.unknown, f'{self.ann_file}: image {image.id}')
            data.append(dict(img_path=osp.join(self.img_prefix, image.file_name), img_id=image.id,
                             gt_label=sorted(held), unknown=sorted(unknown)))
        return self.labelled(data, 'gt_label', 'images', self.ann_file)
