"""What mmengine writes into local files appears whole or not at all."""
from mmengine.fileio import LocalBackend, register_backend

from kssnet_mm.utils.durable import write_durably


class WholeFileBackend(LocalBackend):
    """mmengine's backend for local files, which writes into the file of the final name itself.

    A kill in the middle of that leaves half a checkpoint where a whole one was before. Every checkpoint of
    every hook is written through the registered backend, so that this is the smallest place to mend it.
    """

    def put(self, obj: bytes, filepath) -> None:
        """Write bytes, see :func:`kssnet_mm.utils.durable.write_durably`."""
        write_durably(filepath, obj)

    def put_text(self, obj: str, filepath, encoding: str = 'utf-8') -> None:
        """Write text."""
        write_durably(filepath, obj.encode(encoding))


register_backend('local', WholeFileBackend, force=True, prefixes='')
