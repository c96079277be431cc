"""MS-COCO as a multi-label image data set."""
import os.path as osp
from typing import List

from mmpretrain.datasets import BaseDataset
from pycocotools.coco import COCO

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
        data = []
        for number in sorted(coco.getImgIds()):
            image, label = coco.imgs[number], set()
            for annotation in coco.imgToAnns.get(number, ()):
                if annotation['category_id'] in position:
                    label.add(position[annotation['category_id']])
                else:
                    self.fault('unknown label', self.ann_file,
                               f'annotation {annotation.get("id")} of image {number} has the category '
                               f'{annotation["category_id"]}, which is not in categories')
            path = osp.join(self.img_prefix, image['file_name'])
            data.append(dict(img_path=path, img_id=number, gt_label=sorted(label)))
        self._check_images(coco)
        return self.labelled(data, 'gt_label', 'images', self.ann_file)

    def _check_images(self, coco: COCO) -> None:
        """COCO's index keeps the last of two images of one id, and sizes of 0 as they are."""
        seen = set()
        for image in coco.dataset['images']:
            if image['id'] in seen:
                self.fault('duplicate id', self.ann_file, f'image {image["id"]} is there twice')
            seen.add(image['id'])
            if not (image.get('width', 1) > 0 and image.get('height', 1) > 0):
                self.fault('zero size', self.ann_file, f'image {image["id"]} ({image["file_name"]}) is '
                           f'{image.get("width")} x {image.get("height")} pixels')
        for number in coco.imgToAnns:
            if number not in seen:
                self.fault('unknown image', self.ann_file,
                           f'annotation {coco.imgToAnns[number][0].get("id")} is of image {number}, '
                           'which is not in images')

    def get_cat_ids(self, idx: int) -> List[int]:
        """Class indices of one image, for class-balanced samplers."""
        return self.get_data_info(idx)['gt_label']
