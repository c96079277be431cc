"""MS-COCO as a multi-label image data set."""
import os.path as osp
from typing import List

from mmpretrain.datasets import BaseDataset

from kssnet_mm.annotations.coco import read_instances
from kssnet_mm.registry import DATASETS

from .sample_policy import SamplePolicy


@DATASETS.register_module()
class CocoMultiLabel(SamplePolicy, BaseDataset):
    """Image-level labels from COCO's instances files (2014 and 2017).

    Classes stand in the order of their category ids, with their names in ``metainfo['classes']``.
    Crowd annotations count as labels too.

    Args:
        ann_file: ``instances_*.json``.
        keep_unlabelled: Whether images without any label stay. ML-GCN drops them, others keep them;
            both counts are logged.
        **kwargs: ``on_bad_media`` of :class:`SamplePolicy`, and those of mmpretrain's ``BaseDataset``:
            data_root, data_prefix, pipeline, ...
    """

    def __init__(self, ann_file: str, keep_unlabelled: bool = False, **kwargs) -> None:
        super().__init__(ann_file=ann_file, keep_unlabelled=keep_unlabelled, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict an image: img_path, img_id, gt_label (sorted class indices); by image id."""
        names, images = read_instances(self.ann_file, fault=self.fault)
        wanted = self._metainfo.get('classes')
        if wanted is not None and tuple(wanted) != names:
            raise ValueError(f'metainfo.classes differ from the categories of {self.ann_file}, by '
                             f'id: {names}')
        self._metainfo['classes'] = names
        data = []
        for image in sorted(images, key=lambda image: image.id):
            if not image.file_name:
                self.fault('malformed annotation', self.ann_file, f'image {image.id} has no file_name')
            data.append(dict(img_path=osp.join(self.img_prefix, image.file_name), img_id=image.id,
                             gt_label=sorted(image.labels)))
        return self.labelled(data, 'gt_label', 'images', self.ann_file)
