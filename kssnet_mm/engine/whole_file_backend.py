"""What mmengine writes into local files appears whole or not at all."""
from mmengine.fileio import LocalBackend, register_backend

from kssnet_mm.utils.durable import write_durably


class WholeFileBackend(LocalBackend):
    """Writes a local file under a temporary name and gives it the final name when it is whole.

    mmengine's own backend writes into the file of the final name, where a kill leaves half a checkpoint in the place
    of a whole one. All hooks write their checkpoints through the registered backend.
    """

    def put(self, obj: bytes, filepath) -> None:
        """Write bytes, see :func:`kssnet_mm.utils.durable.write_durably`."""
        write_durably(filepath, obj)

    def put_text(self, obj: str, filepath, encoding: str = 'utf-8') -> None:
        """Write text."""
        write_durably(filepath, obj.encode(encoding))


register_backend('local', WholeFileBackend, force=True, prefixes='')
