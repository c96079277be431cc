"""MS-COCO as a multi-label image data set."""
import os.path as osp
from typing import List

from mmengine.logging import print_log
from mmpretrain.datasets import BaseDataset
from pycocotools.coco import COCO

from kssnet_mm.registry import DATASETS


@DATASETS.register_module()
class CocoMultiLabel(BaseDataset):
    """Image-level labels from COCO's instances files (2014 and 2017).

    Classes stand in the order of their category ids, with their names in ``metainfo['classes']``.
    Crowd annotations count as labels too.

    Args:
        ann_file: ``instances_*.json``.
        keep_unlabelled: Whether images without any label stay. ML-GCN drops them, others keep them;
            both counts are logged.
        **kwargs: As for mmpretrain's ``BaseDataset``: data_root, data_prefix, pipeline, ...
    """

    def __init__(self, ann_file: str, keep_unlabelled: bool = False, **kwargs) -> None:
        self.keep_unlabelled = keep_unlabelled
        super().__init__(ann_file=ann_file, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict an image: img_path, img_id, gt_label (sorted class indices)."""
        coco = COCO(self.ann_file)
        if not coco.dataset.get('images') or not coco.dataset.get('categories'):
            raise ValueError(f'{self.ann_file} has no images or no categories: it is not a COCO '
                             'instances file')
        position = {category: i for i, category in enumerate(sorted(coco.getCatIds()))}
        names = tuple(coco.cats[category]['name'] for category in position)
        wanted = self._metainfo.get('classes')
        if wanted is not None and tuple(wanted) != names:
            raise ValueError(f'metainfo.classes differ from the categories of {self.ann_file}, by '
                             f'id: {names}')
        self._metainfo['classes'] = names
        data, unlabelled = [], 0
        for image in sorted(coco.getImgIds()):
            annotations = coco.imgToAnns[image]
            label = sorted({position[annotation['category_id']] for annotation in annotations})
            unlabelled += not label
            if label or self.keep_unlabelled:
                path = osp.join(self.img_prefix, coco.imgs[image]['file_name'])
                data.append(dict(img_path=path, img_id=image, gt_label=label))
        print_log(f'{self.ann_file}: {len(coco.imgs)} images, {unlabelled} without any label '
                  f'({"kept" if self.keep_unlabelled else "dropped"})', logger='current')
        return data

    def get_cat_ids(self, idx: int) -> List[int]:
        """Class indices of one image, for class-balanced samplers."""
        return self.get_data_info(idx)['gt_label']
