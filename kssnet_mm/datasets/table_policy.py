"""What the data sets of plain tables share."""
import os.path as osp
from dataclasses import fields
from typing import List, Optional, Sequence, Tuple, Union

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.tables import Sample, TableSettings, read_samples

from .sample_policy import SamplePolicy


class TablePolicy(SamplePolicy):
    """Put before a data set class: its samples are the rows of a csv or json table.

    ``file,labels`` with rows such as ``a/1.jpg,cat;dog``; or a column of 1, 0 and -1 a class; or json,
    ``{"a/1.jpg": ["cat", "dog"]}``.

    Args:
        classes: Class list file or names, in the order wanted. Give it where there are several splits.
            None: the table's own, alphabetical where it has none.
        extension: Appended to each name, for tables of ids.
        data_root: Joined with the relative paths.
        **kwargs: Arguments of ``TableSettings`` (key, separator, delimiter, name_column, labels_column, other_columns,
            unknown, blank, duplicates), ``keep_unlabelled`` and ``on_bad_media`` of :class:`SamplePolicy`, and those
            of the data set class.

    Raises:
        ValueError: A setting, the table or the class list is wrong; names file and line.
    """

    def __init__(self, *args, classes: Union[str, Sequence[str], None] = None, extension: str = '',
                 data_root: Optional[str] = '', **kwargs) -> None:
        if isinstance(classes, str):
            classes = osp.join(data_root or '', classes)
        names = [field.name for field in fields(TableSettings) if field.name in kwargs]
        self.settings = TableSettings(**{name: kwargs.pop(name) for name in names})
        if self.settings.duplicates == 'keep':
            raise ValueError("duplicates='keep' is for the statistics of a label graph; a file has one set of labels: "
                             "'error' or 'merge'")
        self.class_names, self.extension = class_names(classes), extension
        kwargs['metainfo'] = dict(kwargs.get('metainfo') or {})
        if self.class_names is not None:
            kwargs['metainfo']['classes'] = tuple(self.class_names)
        super().__init__(*args, data_root=data_root, **kwargs)

    def read_table(self) -> Tuple[Tuple[str, ...], List[Sample]]:
        """Classes, which ``metainfo`` has from now on, and samples."""
        classes, samples = read_samples(self.ann_file, self.class_names, self.settings, names=True, fault=self.fault)
        self._metainfo['classes'] = classes
        return classes, samples
