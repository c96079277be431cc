"""Labels of a plain table: csv, json or npz."""
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

from scipy import sparse

from kssnet_mm.annotations.tables import read_arrays, read_samples
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
        key: Where a json or npz file keeps the targets.
        separator: Between the names in a csv's ``labels`` column.
        classes: Names in any order. None: the table's own order, alphabetical where it has none.
        keep_unlabelled: Whether samples without any of the classes count.
    """

    def __init__(self, file: PathLike, key: str = 'targets', separator: str = ';',
                 classes: Optional[Sequence[str]] = None, keep_unlabelled: bool = False) -> None:
        self.file = Path(file)
        if self.file.suffix not in ('.csv', '.json', '.npz'):
            raise ValueError(f'a label table is a .csv, .json or .npz file, got {str(file)!r}')
        self.key, self.separator = key, separator
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def load(self) -> Tuple[List[str], sparse.csr_array]:
        """Labels (N) and targets (n x N uint8, CSR).

        Raises:
            ValueError: The table is malformed; names the file and, where it has lines, the line.
        """
        if self.file.suffix == '.npz':
            labels, stored = read_arrays(self.file, self.key)
            index_labels(labels)
            make = targets_from_csr if 'indptr' in stored else targets_from_array
            try:
                targets = make(num_labels=len(labels), **stored)
            except ValueError as error:
                raise ValueError(f'{self.file} is not a table of labels: {error}') from error
        else:
            labels, samples = read_samples(self.file, key=self.key, separator=self.separator)
            targets = targets_from_sets([sample.labels for sample in samples], len(labels))
        return select(labels, targets, self.classes, self.keep_unlabelled, str(self.file))
