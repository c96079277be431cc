"""Videos listed in a plain table."""
import os.path as osp
from typing import List, Optional, Sequence, Union

from mmaction.datasets.base import BaseActionDataset

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.tables import read_samples
from kssnet_mm.registry import DATASETS

from .sample_policy import SamplePolicy


@DATASETS.register_module()
class TableVideoMultiLabel(SamplePolicy, BaseActionDataset):
    """Videos and their labels from a csv or json file, in the forms of :class:`TableMultiLabel`.

    Args:
        ann_file: The table.
        pipeline: As in mmaction2.
        data_prefix: ``dict(video=folder)``.
        classes: Class list file or names, in the order wanted. Give it where there are several splits.
            None: the table's own, alphabetical where it has none.
        key: Where a json file with ``labels`` keeps the rows.
        separator: Between the names in a csv's ``labels`` column.
        extension: Appended to each name, for tables of ids.
        max_refetch: How many others are tried for a video that cannot be read.
        **kwargs: ``keep_unlabelled`` and ``on_bad_media`` of :class:`SamplePolicy`, and those of
            mmaction2's ``BaseActionDataset``.

    Raises:
        ValueError: The table or the class list is wrong; names file and line.
    """

    def __init__(self, ann_file: str, pipeline: List, data_prefix: dict,
                 classes: Union[str, Sequence[str], None] = None, key: str = 'targets',
                 separator: str = ';', extension: str = '', max_refetch: int = 10,
                 data_root: Optional[str] = None, **kwargs) -> None:
        if set(data_prefix) != {'video'}:
            raise ValueError(f'data_prefix must be dict(video=folder), got {data_prefix!r}')
        if isinstance(classes, str) and data_root and not osp.isabs(classes):
            classes = osp.join(data_root, classes)
        self.class_names = class_names(classes)
        self.key, self.separator, self.extension = key, separator, extension
        kwargs['metainfo'] = dict(kwargs.get('metainfo') or {})
        if self.class_names is not None:
            kwargs['metainfo']['classes'] = tuple(self.class_names)
        super().__init__(ann_file=ann_file, pipeline=pipeline, data_root=data_root,
                         data_prefix=data_prefix, multi_class=True, max_refetch=max_refetch, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict a video: filename, video_id (the name in the table), label (indices), where."""
        classes, samples = read_samples(self.ann_file, self.class_names, self.key, self.separator, names=True,
                                        fault=self.fault)
        self._metainfo['classes'], self.num_classes = classes, len(classes)
        data = [dict(filename=osp.join(self.data_prefix['video'], sample.name + self.extension),
                     video_id=sample.name, label=sample.labels, where=sample.where)
                for sample in samples]
        return self.labelled(data, 'label', 'videos', self.ann_file)
