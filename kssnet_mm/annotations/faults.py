"""What is wrong with a sample's annotations."""
from typing import Callable, NamedTuple, NoReturn

# Called with kind, place and message.
FaultHandler = Callable[[str, str, str], None]


class Fault(NamedTuple):
    """One thing that is wrong with a data set: its kind, where (``file:line`` if known), and how."""
    kind: str
    where: str
    message: str

    def __str__(self) -> str:
        return f'{self.where}: {self.message}'


def raise_fault(kind: str, where: str, message: str) -> NoReturn:
    """The default handler of faults: it ends the reading.

    Raises:
        ValueError: Always; place and message.
    """
    raise ValueError(str(Fault(kind, where, message)))
