"""From a folder of files and a table of labels to a project that can be trained."""
from itertools import repeat
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from kssnet_mm.annotations.tables import Sample
from kssnet_mm.datasets.stratified_split import stratified_split
from kssnet_mm.graphs import WordVectorEmbedding
from kssnet_mm.models.backbone_table import BACKBONES
from kssnet_mm.utils.io import few
from kssnet_mm.utils.labels import index_labels

from .backbone_weights import backbone_config
from .label_columns import LabelRows, read_label_rows
from .media_files import find_media, unreadable_media
from .project_config import ProjectSettings, config_text, find_backbone
from .project_files import FILES, SEPARATOR, table_text, write_project


class NewProject(NamedTuple):
    """What :func:`new_project` has written.

    Attributes:
        config: Path of the config.
        said: What was found and decided, a sentence each.
    """
    config: Path
    said: List[str]


def new_project(folder: Path, media: Path, table: Path, video: bool = False, file_column: Optional[str] = None,
                label_column: Optional[str] = None, separator: Optional[str] = None, blank: str = 'error',
                backbone: Optional[str] = None, weights: Optional[str] = None, conceptnet: Optional[Path] = None,
                vectors: Optional[Path] = None, val_share: float = 0.2, seed: int = 0, workers: int = 2,
                leave_out_broken: bool = False, say: Callable[[str], None] = lambda text: None) -> NewProject:
    """Write ``config.py``, ``train.csv``, ``val.csv`` and ``classes.txt`` into a folder.

    Args:
        folder: Folder of the project; made if it is not there. Files in it stay as they are.
        media: Folder of the images or videos.
        table: Table of their labels, see :func:`read_label_rows`.
        video: Whether they are videos.
        file_column, label_column, separator, blank: See :func:`read_label_rows`.
        backbone: Name in ``kssnet_mm.models.backbone_table``; None: a ResNet-50.
        weights: Checkpoint or address of weights for the backbone. None: random weights.
        conceptnet: ConceptNet's assertions, for the graph of knowledge.
        vectors: Word vectors, for the embeddings.
        val_share: Share of the validation files.
        seed: Seed of the split.
        workers: Processes that verify the files.
        leave_out_broken: Whether files that are missing or cannot be read are left out, and are no error.
        say: Called with each sentence as soon as it is known.

    Raises:
        ValueError: Something is wrong with the arguments or the files; one sentence.
        OSError: A file cannot be read or written.
    """
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise ValueError(f'{folder} has {few(there)} already, and nothing is overwritten: choose another folder')
    kind = 'videos' if video else 'images'
    backbone = find_backbone(kind, backbone)
    backbone_config(BACKBONES[backbone], weights)  # raises before files are decoded, which may take long
    for option, path in (('--conceptnet', conceptnet), ('--vectors', vectors)):
        if path is not None and not path.is_file():
            raise ValueError(f'{option}: {path} is no file')
    said: List[str] = []

    def tell(text: str) -> None:
        said.append(text)
        say(text)

    rows = read_label_rows(table, file_column, label_column, separator, blank)
    index_labels(rows.classes)
    for text in rows.said:
        tell(text)
    tell(f'{len(rows.classes)} labels: {few(rows.classes, 8)}')
    files = _usable_files(media, rows, video, workers, leave_out_broken, tell)
    classes, samples = _samples_of(rows, files, tell)
    labels = [sample.labels for sample in samples]
    in_val = stratified_split(labels, val_share, seed)
    _tell_split(classes, labels, in_val, tell)
    size = _vector_size(vectors, classes, tell) if vectors else None
    parts = {name: [sample for sample, val in zip(samples, in_val) if val == is_val]
             for name, is_val in (('train.csv', False), ('val.csv', True))}
    columns = any(sample.unknown for sample in samples)
    texts = {name: table_text(part, classes, columns) for name, part in parts.items()}
    texts['classes.txt'] = ''.join(f'{name}\n' for name in classes)
    texts['config.py'] = config_text(ProjectSettings(
        kind, table.name, str(media.resolve()), len(classes), (len(parts['train.csv']), len(parts['val.csv'])),
        backbone, weights, str(conceptnet.resolve()) if conceptnet else None,
        (str(vectors.resolve()), size) if vectors else None))
    if weights is None:
        tell(f'{backbone} starts from random weights: --weights takes a checkpoint')
    write_project(folder, texts, classes, parts)
    return NewProject(folder / 'config.py', said)


def _usable_files(media: Path, rows: LabelRows, video: bool, workers: int, leave_out: bool,
                  tell: Callable[[str], None]) -> Dict[str, str]:
    """File below ``media`` -> name in the table, of the files that can be read."""
    found, missing = find_media(media, list(rows.labels))
    option = '--leave-out-broken goes on without them'
    if missing and not (leave_out and found):
        raise ValueError(f'{media} has no file for {len(missing)} of {len(rows.labels)} rows, as {few(missing)}'
                         + (f': {option}' if found else ': is the column of file names the right one?'))
    broken = unreadable_media(media, list(found.values()), video, workers)
    if broken and not leave_out:
        first = next(iter(broken.values()))
        raise ValueError(f'{len(broken)} of {len(found)} files cannot be read: {first}; {option}')
    if missing or broken:
        tell(f'{len(missing)} missing and {len(broken)} unreadable files are left out: {few([*missing, *broken])}')
    usable = {file: name for name, file in found.items() if file not in broken}
    tell(f'{len(usable)} {"videos" if video else "images"} can be read')
    return usable


def _samples_of(rows: LabelRows, files: Dict[str, str],
                tell: Callable[[str], None]) -> Tuple[List[str], List[Sample]]:
    """The classes that some file holds, and each file with the positions of its labels among them."""
    held = {label for name in files.values() for label in rows.labels[name]}
    wrong = [label for label in held if SEPARATOR in label or '\n' in label]
    if wrong:
        raise ValueError(f'the label {wrong[0]!r} holds a semicolon or a line break: give it another name')
    classes = [name for name in rows.classes if name in held]
    position = {name: i for i, name in enumerate(classes)}
    bare = [file for file, name in files.items() if not rows.labels[name]]
    if bare:
        tell(f'{len(bare)} files have no label: training and validation leave them out, unless keep_unlabelled=True is '
             'set in both data sets, and in the source of the label graph')
    if len(classes) < 2 or len(files) - len(bare) < 2:
        raise ValueError(f'{len(classes)} labels in {len(files) - len(bare)} files are too few to train on')
    held, unknown = ([sorted(position[label] for label in found[name] if label in position) for name in files.values()]
                     for found in (rows.labels, rows.unknown))
    count = sum(map(len, unknown))
    if count:
        tell(f'{count} entries are unknown: loss, metrics and statistics leave them out')
    return classes, [Sample(*sample) for sample in zip(files, held, repeat(''), unknown)]


def _tell_split(classes: Sequence[str], labels: Sequence[Sequence[int]], in_val: np.ndarray,
                tell: Callable[[str], None]) -> None:
    """Say how large the parts are and which labels one of them lacks.

    Raises:
        ValueError: The training files lack a label.
    """
    sides = [{label for held, val in zip(labels, in_val) if val == side for label in held} for side in (False, True)]
    lost = [name for i, name in enumerate(classes) if i not in sides[0]]
    if lost:
        raise ValueError(f'no training file has {few(lost)}: set a smaller --val-share or another --seed')
    lacking = [name for i, name in enumerate(classes) if i not in sides[1]]
    tell(f'{(~in_val).sum()} files are for training and {in_val.sum()} for validation' +
         (f', which lack {few(lacking)}' if lacking else ', each with all labels'))


def _vector_size(vectors: Path, classes: Sequence[str], tell: Callable[[str], None]) -> int:
    """Length of the word vectors; says which labels have words without one."""
    embedding = WordVectorEmbedding(vectors, missing='random', normalize=True)
    size = embedding.build(classes).shape[1]
    if embedding.missing_words:
        tell(f'{vectors} lacks words of {few(list(embedding.missing_words))}: they get random vectors')
    return size
