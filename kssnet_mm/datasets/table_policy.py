"""What the data sets of plain tables share."""
import os.path as osp
from typing import List, Optional, Sequence, Tuple, Union

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.tables import Sample, read_samples

from .sample_policy import SamplePolicy


class TablePolicy(SamplePolicy):
    """Put before a data set class: its samples are the rows of a csv or json table.

    ``file,labels`` with rows such as ``a/1.jpg,cat;dog``; or a column of 0 and 1 a class; or json,
    ``{"a/1.jpg": ["cat", "dog"]}``.

    Args:
        classes: Class list file or names, in the order wanted. Give it where there are several splits.
            None: the table's own, alphabetical where it has none.
        key: Where a json file with ``labels`` keeps the rows.
        separator: Between the names in a csv's ``labels`` column.
        extension: Appended to each name, for tables of ids.
        data_root: Joined with the relative paths.
        **kwargs: ``keep_unlabelled`` and ``on_bad_media`` of :class:`SamplePolicy`, and those of the data set class.

    Raises:
        ValueError: The table or the class list is wrong; names file and line.
    """

    def __init__(self, *args, classes: Union[str, Sequence[str], None] = None, key: str = 'targets',
                 separator: str = ';', extension: str = '', data_root: Optional[str] = '', **kwargs) -> None:
        if isinstance(classes, str):
            classes = osp.join(data_root or '', classes)
        self.class_names = class_names(classes)
        self.key, self.separator, self.extension = key, separator, extension
        kwargs['metainfo'] = dict(kwargs.get('metainfo') or {})
        if self.class_names is not None:
            kwargs['metainfo']['classes'] = tuple(self.class_names)
        super().__init__(*args, data_root=data_root, **kwargs)

    def read_table(self) -> Tuple[Tuple[str, ...], List[Sample]]:
        """Classes, which ``metainfo`` has from now on, and samples."""
        classes, samples = read_samples(self.ann_file, self.class_names, self.key, self.separator, names=True,
                                        fault=self.fault)
        self._metainfo['classes'] = classes
        return classes, samples
