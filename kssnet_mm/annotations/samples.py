"""The rows of a table of samples and labels, and the settings that say how a table is to be understood."""
from dataclasses import dataclass
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from .faults import FaultHandler
from .label_cells import LabelCells

DUPLICATES = ('error', 'merge', 'keep')


class Sample(NamedTuple):
    """A row: id or file name (None where the table has none), its labels, its place, and labels that are unknown.

    Labels are names, or sorted positions among the classes.
    """
    name: Optional[str]
    labels: Union[List[str], List[int]]
    where: str
    unknown: Union[Sequence[str], Sequence[int]] = ()


# Samples with names of labels, and the table's own labels in its order; None where it lists names alone.
Table = Tuple[List[Sample], Optional[List[str]]]


@dataclass
class TableSettings:
    """How a table of samples and labels is to be understood.

    Args:
        key: Where a json file with ``labels``, or an npz, keeps the rows.
        separator: Between the names in one cell, as ``'|'``.
        delimiter: Between the cells of a csv. None: a comma, tab or semicolon, whichever the header has.
        name_column: Header of the column of ids or file names. None: the first column.
        labels_column: Header of the column that lists the labels of a row. None: the one called ``labels`` in any
            case; where there is none, every column is a label.
        other_columns: Headers of columns that are not labels, in a table with a column a label.
        unknown: What an entry of -1 is: 'ignore' (unknown: neither held nor not), 'negative', 'positive' or 'error'.
        blank: What an empty cell of a column of a label is, in the same words.
        duplicates: What becomes of rows of one name. 'error': they are refused; 'merge': one sample holds what any
            of them holds, and a label is unknown where all of them say so; 'keep': each is a sample of its own,
            which only the statistics of a label graph can use.

    Raises:
        ValueError: A setting has none of its values.
    """
    key: str = 'targets'
    separator: str = ';'
    delimiter: Optional[str] = None
    name_column: Optional[str] = None
    labels_column: Optional[str] = None
    other_columns: Sequence[str] = ()
    unknown: str = 'ignore'
    blank: str = 'error'
    duplicates: str = 'error'

    def __post_init__(self) -> None:
        if not isinstance(self.separator, str) or not self.separator:
            raise ValueError(f'separator must be the text between two labels, got {self.separator!r}')
        if self.delimiter is not None and (not isinstance(self.delimiter, str) or len(self.delimiter) != 1):
            raise ValueError(f'delimiter must be one character or None, got {self.delimiter!r}')
        if isinstance(self.other_columns, str):
            raise ValueError(f'other_columns must be a list of headers, got {self.other_columns!r}')
        if self.duplicates not in DUPLICATES:
            raise ValueError(f'duplicates must be one of {", ".join(DUPLICATES)}, got {self.duplicates!r}')
        self.cells()

    def cells(self) -> LabelCells:
        """A reader of cells by the two policies."""
        return LabelCells(self.unknown, self.blank)


class UniqueSamples:
    """Samples with each name once, as ``duplicates`` of :class:`TableSettings` says.

    Samples without a name have nothing in common.

    Args:
        duplicates: 'error', 'merge' or 'keep'.
        fault: Called for each sample that :meth:`refuses`.

    Attributes:
        samples: Those added, in their order.
    """

    def __init__(self, duplicates: str, fault: FaultHandler) -> None:
        self.duplicates, self.fault = duplicates, fault
        self.samples: List[Sample] = []
        self._position: Dict[str, int] = {}

    def refuses(self, sample: Sample) -> bool:
        """Whether a sample of this name is there and neither merged nor kept."""
        if self.duplicates != 'error' or sample.name not in self._position:
            return False
        first = self.samples[self._position[sample.name]]
        self.fault('duplicate id', sample.where, f'{sample.name!r} was already at {first.where}; '
                   "duplicates='merge' joins the labels of such rows")
        return True

    def add(self, sample: Sample) -> None:
        """Add a sample or merge it with the one of its name."""
        position = self._position.get(sample.name)
        if position is not None and self.duplicates == 'merge':
            self.samples[position] = _merged(self.samples[position], sample)
            return
        if sample.name:
            self._position[sample.name] = len(self.samples)
        self.samples.append(sample)


def _merged(one: Sample, other: Sample) -> Sample:
    """What both rows say: a label that one of them holds is held, one that only both do not know is unknown."""
    labels = {*one.labels, *other.labels}
    unknown = ({*one.unknown} & {*other.unknown}) - labels
    return one._replace(labels=sorted(labels), unknown=sorted(unknown))
