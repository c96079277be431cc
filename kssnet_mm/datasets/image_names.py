"""The files of images that a list names without their ending."""
import os
from typing import Dict, List

ENDINGS = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff')


class ImageNames:
    """Finds images by their names without ending; each folder is listed once.

    Args:
        folder: That the names are in.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._listed: Dict[str, Dict[str, List[str]]] = {}

    def path(self, name: str) -> str:
        """Path of the image; with the ending ``.jpg`` where there is none, so that its absence is seen in reading.

        Raises:
            ValueError: Several files have the name.
        """
        inner, _, stem = name.rpartition('/')
        if inner not in self._listed:
            self._listed[inner] = _by_stem(os.path.join(self.folder, inner))
        found = self._listed[inner].get(stem, [f'{stem}.jpg'])
        if len(found) > 1:
            raise ValueError(f'several images are called {name!r}: {", ".join(sorted(found))}; keep one of them')
        return '/'.join(part for part in (self.folder.rstrip('/'), inner, found[0]) if part)


def _by_stem(folder: str) -> Dict[str, List[str]]:
    found: Dict[str, List[str]] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                stem, ending = os.path.splitext(entry.name)
                if ending.lower() in ENDINGS:
                    found.setdefault(stem, []).append(entry.name)
    except OSError:  # labels can be read without any image
        pass
    return found
