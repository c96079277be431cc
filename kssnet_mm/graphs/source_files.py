"""The files that the settings of a graph name, and those that a data set finds below its folder."""
import hashlib
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Optional, Tuple

from mmengine.config import Config

from kssnet_mm.annotations.voc import read_split, split_files
from kssnet_mm.utils.configs import type_name

# Settings that hold names of labels, or the path of a list of them.
LABELS = ('classes', 'class_names', 'labels')


class SourceFiles(NamedTuple):
    """A file, or the many files of one folder.

    Attributes:
        setting: Where the settings name it, as ``'statistical.source.ann_file'``: two files may have one name.
        name: The file's name, or a pattern, as ``'Annotations/*.xml'``.
        paths: The files.
    """
    setting: str
    name: str
    paths: Tuple[Path, ...]

    @property
    def bytes(self) -> int:
        """Size of all together."""
        return sum(path.stat().st_size for path in self.paths)


def names_path(key: str) -> bool:
    """Whether a setting of this name is a path."""
    return key in ('file', 'files', 'config', 'data_root', 'aliases') or key.endswith(('_file', '_files', '_root'))


def named_files(settings: Any, setting: str = '', key: str = '', root: Optional[str] = None) -> Iterator[SourceFiles]:
    """The existing files that ``settings`` (json types) name, in their order.

    Args:
        settings: A config or a part of it. Beside a ``data_root``, relative paths are looked for in that folder
            first, as mmengine's data sets do; where the folder is a year of Pascal VOC, its annotations count.
        setting: Dotted name of the part in the settings.
        key: The setting's own name.
        root: The ``data_root`` beside it.
    """
    if isinstance(settings, dict):
        root = settings.get('data_root') or None
        for name, item in settings.items():
            yield from named_files(item, f'{setting}.{name}'.lstrip('.'), name, root)
        if root is not None:
            yield from _voc_files(root, settings.get('split') or 'trainval', setting)
        if type_name(settings.get('type', '')) == 'DatasetLabels':
            yield from named_files(_dataset_of(settings.get('config')), f'{setting}.config')
    elif isinstance(settings, list):
        for number, item in enumerate(settings):
            yield from named_files(item, f'{setting}.{number}', '' if key in LABELS else key, root)
    elif isinstance(settings, str) and (names_path(key) or key in LABELS):
        for path in ([] if root is None else [Path(root, settings)]) + [Path(settings)]:
            if path.is_file():
                yield SourceFiles(setting, path.name, (path, ))
                break


def _voc_files(root: str, split: str, setting: str) -> Iterator[SourceFiles]:
    try:
        listing, folder = split_files(root, split)
        annotations = [folder / f'{name}.xml' for _, name in read_split(listing, folder)]
    except (OSError, ValueError):  # not a folder of VOC
        return
    yield SourceFiles(f'{setting}.split', listing.name, (listing, ))
    present = tuple(path for path in annotations if path.is_file())
    yield SourceFiles(f'{setting}.data_root', 'Annotations/*.xml', present)


def _dataset_of(config: Any) -> dict:
    """The data set of a config's ``train_dataloader``, {} where there is none to read."""
    try:
        settings = Config.fromfile(config, import_custom_modules=False).to_dict()
        return dict(dataset=settings['train_dataloader']['dataset'])
    except Exception:  # the label source will report what is wrong with the config
        return {}


def digest(found: SourceFiles) -> str:
    """SHA-256 of a file, or of the names and contents of several."""
    total = hashlib.sha256()
    for path in found.paths:
        if len(found.paths) > 1:
            total.update(f'{path.name}\n{path.stat().st_size}\n'.encode())
        with open(path, 'rb') as file:
            for block in iter(lambda: file.read(1 << 20), b''):
                total.update(block)
    return total.hexdigest()
