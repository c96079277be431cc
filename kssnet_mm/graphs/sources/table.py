"""Labels of a plain table: csv, json or npz."""
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from scipy import sparse

from kssnet_mm.annotations.tables import ENDINGS, TableSettings, read_arrays, read_samples
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.labels import index_labels

from .label_source import LabelSource
from .targets import select, targets_from_array, targets_from_csr, targets_from_sets


@TASK_UTILS.register_module()
class LabelTable(LabelSource):
    """Labels of samples from a ``.csv``, ``.json`` or ``.npz`` table.

    The forms are those of ``read_csv``, ``read_json`` and ``read_arrays`` in ``kssnet_mm.annotations.tables``.

    Args:
        file: Path of the table.
        classes: Names in any order. None: the table's own order, alphabetical where it has none.
        keep_unlabelled: Whether samples without any of the classes count.
        **settings: Those of ``TableSettings``: key, separator, delimiter, name_column, labels_column, other_columns,
            unknown, blank, duplicates.
    """

    def __init__(self, file: PathLike, classes: Optional[Sequence[str]] = None, keep_unlabelled: bool = False,
                 **settings) -> None:
        self.file = Path(file)
        if self.file.suffix.lower() not in (*ENDINGS, '.npz'):
            raise ValueError(f'a label table is a .csv, .json or .npz file, got {str(file)!r}')
        self.settings = TableSettings(**settings)
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def load(self) -> Tuple[List[str], sparse.csr_array]:
        """Labels (N) and targets (n x N uint8, int8 where some are unknown; CSR).

        Raises:
            ValueError: The table is malformed; names the file and, where it has lines, the line.
        """
        if self.file.suffix.lower() == '.npz':
            labels, targets = self._arrays()
        else:
            labels, samples = read_samples(self.file, settings=self.settings)
            targets = targets_from_sets([sample.labels for sample in samples], len(labels),
                                        [sample.unknown for sample in samples])
        return select(labels, targets, self.classes, self.keep_unlabelled, str(self.file))

    def _arrays(self) -> Tuple[List[str], sparse.csr_array]:
        settings = self.settings
        labels, stored = read_arrays(self.file, settings.key, settings.duplicates != 'keep', settings.unknown)
        index_labels(labels)
        make = targets_from_csr if 'indptr' in stored else targets_from_array
        try:
            return labels, make(num_labels=len(labels), **stored)
        except ValueError as error:
            raise ValueError(f'{self.file} is not a table of labels: {error}') from error
