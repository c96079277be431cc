"""Images listed in a plain table."""
import os.path as osp
from typing import List, Optional, Sequence, Union

from mmpretrain.datasets import BaseDataset

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.tables import read_samples
from kssnet_mm.registry import DATASETS

from .sample_policy import SamplePolicy


@DATASETS.register_module()
class TableMultiLabel(SamplePolicy, BaseDataset):
    """Images and their labels from a csv or json file: a data set of one's own.

    ``file,labels`` with rows such as ``a/1.jpg,cat;dog``; or a column of 0 and 1 a class; or json,
    ``{"a/1.jpg": ["cat", "dog"]}``.

    Args:
        ann_file: The table.
        classes: Class list file or names, in the order wanted. Give it where there are several splits.
            None: the table's own, alphabetical where it has none.
        key: Where a json file with ``labels`` keeps the rows.
        separator: Between the names in a csv's ``labels`` column.
        extension: Appended to each name, for tables of ids.
        **kwargs: ``keep_unlabelled`` and ``on_bad_media`` of :class:`SamplePolicy`, and those of
            mmpretrain's ``BaseDataset``: data_root, data_prefix=dict(img_path=folder), pipeline, ...

    Raises:
        ValueError: The table or the class list is wrong; names file and line.
    """

    def __init__(self, ann_file: str, classes: Union[str, Sequence[str], None] = None,
                 key: str = 'targets', separator: str = ';', extension: str = '',
                 data_root: Optional[str] = '', **kwargs) -> None:
        if isinstance(classes, str) and data_root and not osp.isabs(classes):
            classes = osp.join(data_root, classes)
        self.class_names = class_names(classes)
        self.key, self.separator, self.extension = key, separator, extension
        super().__init__(ann_file=ann_file, data_root=data_root, classes=self.class_names, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict an image: img_path, img_id (the name in the table), gt_label (indices), where."""
        classes, samples = read_samples(self.ann_file, self.class_names, self.key, self.separator, names=True,
                                        fault=self.fault)
        self._metainfo['classes'] = classes
        data = [dict(img_path=osp.join(self.img_prefix, sample.name + self.extension),
                     img_id=sample.name, gt_label=sample.labels, where=sample.where)
                for sample in samples]
        return self.labelled(data, 'gt_label', 'images', self.ann_file)

    def get_cat_ids(self, idx: int) -> List[int]:
        """Class indices of one image, for class-balanced samplers."""
        return self.get_data_info(idx)['gt_label']
