"""Videos listed in a plain table."""
import os.path as osp
from typing import List

from mmaction.datasets.base import BaseActionDataset

from kssnet_mm.registry import DATASETS

from .table_policy import TablePolicy


@DATASETS.register_module()
class TableVideoMultiLabel(TablePolicy, BaseActionDataset):
    """Videos and their labels from a csv or json file.

    Args:
        ann_file: The table, in one of the forms of :class:`TablePolicy`.
        pipeline: As in mmaction2.
        data_prefix: ``dict(video=folder)``.
        max_refetch: How many others are tried for a video that cannot be read.
        **kwargs: Of :class:`TablePolicy` (classes, key, separator, extension, keep_unlabelled, on_bad_media), and
            those of mmaction2's ``BaseActionDataset``.
    """

    def __init__(self, ann_file: str, pipeline: List, data_prefix: dict, max_refetch: int = 10, **kwargs) -> None:
        if set(data_prefix) != {'video'}:
            raise ValueError(f'data_prefix must be dict(video=folder), got {data_prefix!r}')
        super().__init__(ann_file=ann_file, pipeline=pipeline, data_prefix=data_prefix, multi_class=True,
                         max_refetch=max_refetch, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict a video: filename, video_id (the name in the table), label (indices), where."""
        classes, samples = self.read_table()
        self.num_classes = len(classes)
        data = [dict(filename=osp.join(self.data_prefix['video'], sample.name + self.extension),
                     video_id=sample.name, label=sample.labels, where=sample.where)
                for sample in samples]
        return self.labelled(data, 'label', 'videos', self.ann_file)
