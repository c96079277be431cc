"""What a source of labels has to offer, so that a label graph can be built from it."""
from typing import List, Mapping, Optional, Protocol, Tuple, runtime_checkable

from ..concepts import ConceptSpec
from ..label_graph import Matrix


@runtime_checkable
class LabelSource(Protocol):
    """Where a statistical graph gets its labels from.

    ``__init__`` takes the settings of the config. A class that inherits from this one only needs ``load``.
    """

    def load(self) -> Tuple[List[str], Matrix]:
        """Read the labels of all samples.

        Returns:
            The names of the N labels, and an n x N array (or ``scipy.sparse.csr_array``) that is not zero where the
            sample holds the label.

        Raises:
            ValueError: The file is malformed; the message names the file and the line.
        """
        ...

    def concepts(self) -> Optional[Mapping[str, ConceptSpec]]:
        """What ConceptNet and word vectors call the labels: label -> its concepts.

        The concepts of a label are a list of names or ``dict(verb=..., object=...)``. A label that is not in the
        table is its own concept. None: all of them are.
        """
        return None
