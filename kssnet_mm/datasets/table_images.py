"""Images listed in a plain table."""
import os.path as osp
from typing import List

from mmpretrain.datasets import BaseDataset

from kssnet_mm.registry import DATASETS

from .table_policy import TablePolicy


@DATASETS.register_module()
class TableMultiLabel(TablePolicy, BaseDataset):
    """Images and their labels from a csv or json file: a data set of one's own.

    Args:
        ann_file: The table, in one of the forms of :class:`TablePolicy`.
        **kwargs: Arguments of :class:`TablePolicy` (classes, extension, settings of the table, keep_unlabelled,
            on_bad_media), and those of mmpretrain's ``BaseDataset``: data_root, data_prefix=dict(img_path=folder),
            pipeline, ...
    """

    def load_data_list(self) -> List[dict]:
        """One dict an image: img_path, img_id (the name in the table), gt_label and unknown (indices), where."""
        data = [dict(img_path=osp.join(self.img_prefix, sample.name + self.extension),
                     img_id=sample.name, gt_label=sample.labels, unknown=sample.unknown, where=sample.where)
                for sample in self.read_table()[1]]
        return self.labelled(data, 'gt_label', 'images', self.ann_file)
