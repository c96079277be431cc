"""Labels of Charades' official csv files."""
import csv
import math
import os
from typing import Dict, Iterator, List, Optional, Sequence, Tuple, Union

from mmengine.fileio import list_from_file

from kssnet_mm.registry import TASK_UTILS

from ..label_graph import Matrix
from .class_list import read_class_list
from .targets import select, targets_from_sets

PathLike = Union[str, os.PathLike]
Action = Tuple[str, float, float]


def parse_actions(text: str, where: str) -> List[Action]:
    """The ``actions`` field, ``'c092 11.90 21.20;c147 0.00 12.60'``, as (class, start, end) in seconds.

    Raises:
        ValueError: The field is malformed; the message starts with ``where``.
    """
    actions = []
    for item in filter(None, (part.strip() for part in text.split(';'))):
        try:
            name, start, end = item.split()
            start, end = float(start), float(end)
        except ValueError:
            raise ValueError(f"{where}: action {item!r} is not 'class start end'") from None
        if not (math.isfinite(start) and math.isfinite(end) and 0 <= start):
            raise ValueError(f'{where}: action {item!r} has no valid times')
        actions.append((name, start, end))
    return actions


def read_videos(ann_file: PathLike) -> Iterator[Tuple[str, float, List[Action], str]]:
    """Id, length in seconds (0 where the file has none), actions and ``file:line`` of each video.

    Raises:
        ValueError: The file is no official csv; names file and line. A quote that nobody closes swallows
            rows until csv's limit of a field, far from where it stands: the row's beginning is named.
    """
    line = 1
    try:
        for row in _read_rows(ann_file):
            yield row
            line = int(row[3].rsplit(':', 1)[1])
    except csv.Error as error:
        raise ValueError(f'{os.fspath(ann_file)}:{line + 1}: the row that begins here is no csv, look for a quote '
                         f'that is not closed ({error})') from error


def _read_rows(ann_file: PathLike) -> Iterator[Tuple[str, float, List[Action], str]]:
    with open(ann_file, encoding='utf-8-sig', newline='') as file:
        reader = csv.DictReader(file)
        missing = [name for name in ('id', 'actions') if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f'{os.fspath(ann_file)}:1: no column {" and no column ".join(missing)}; '
                             'an official Charades csv is needed')
        for row in reader:
            where = f'{os.fspath(ann_file)}:{reader.line_num}'
            if None in row or None in row.values():
                raise ValueError(f'{where}: the row does not have {len(reader.fieldnames)} columns')
            try:
                length = float(row.get('length') or 0)
            except ValueError:
                raise ValueError(f'{where}: length {row["length"]!r} is not a number') from None
            yield row['id'], length, parse_actions(row['actions'], where), where


def _codes(path: PathLike) -> Dict[str, str]:
    """Code -> name of a numbered class list."""
    codes = [line.split(maxsplit=1)[0] for line in list_from_file(path) if line.strip()]
    return dict(zip(codes, read_class_list(path)))


def clip_range(start: float, end: float, clip_seconds: float) -> range:
    """The clips [k s, (k + 1) s) that an action from ``start`` to ``end`` overlaps, at least one."""
    # Times have two decimals: the tolerance keeps 0.3 / 0.1 from spilling into the next clip.
    first = math.floor(start / clip_seconds + 1e-9)
    return range(first, max(first + 1, math.ceil(end / clip_seconds - 1e-9)))


@TASK_UTILS.register_module()
class CharadesLabels:
    """Which actions each Charades video, or each clip of it, holds.

    Args:
        ann_file: ``Charades_v1_train.csv``, or several files.
        class_file: ``Charades_v1_classes.txt``.
        mapping_file: ``Charades_v1_mapping.txt``; with the next two it gives :meth:`concepts`.
        object_file: ``Charades_v1_objectclasses.txt``.
        verb_file: ``Charades_v1_verbclasses.txt``.
        clip_seconds: None: a sample is a video, as in the released graph. A number: a sample is a clip of
            that many seconds, which holds the actions that overlap it in time, so that actions at the two
            ends of a video do not co-occur.
        classes: Class names in any order. None: all, in the order of the class file.
        keep_unlabelled: Whether videos or clips without any action count as samples.
    """

    def __init__(self, ann_file: Union[PathLike, Sequence[PathLike]], class_file: PathLike,
                 mapping_file: Optional[PathLike] = None, object_file: Optional[PathLike] = None,
                 verb_file: Optional[PathLike] = None, clip_seconds: Optional[float] = None,
                 classes: Optional[Sequence[str]] = None, keep_unlabelled: bool = False) -> None:
        if clip_seconds is not None and not clip_seconds > 0:
            raise ValueError(f'clip_seconds must be positive or None, got {clip_seconds!r}')
        self.concept_files = dict(mapping_file=mapping_file, object_file=object_file,
                                  verb_file=verb_file)
        absent = [name for name, file in self.concept_files.items() if file is None]
        if 0 < len(absent) < 3:
            raise ValueError(f'concepts need {", ".join(self.concept_files)} together; '
                             f'{", ".join(absent)} is not given')
        self.ann_files = [ann_file] if isinstance(ann_file, (str, os.PathLike)) else list(ann_file)
        self.class_file, self.clip_seconds = class_file, clip_seconds
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def load(self) -> Tuple[List[str], Matrix]:
        """Labels (N) and targets (n x N uint8), in the order of the csv.

        Raises:
            ValueError: A row is malformed or names an unknown class; the message has file and line.
        """
        labels = _codes(self.class_file)
        position = {code: index for index, code in enumerate(labels)}
        held = []
        for ann_file in self.ann_files:
            for _, length, actions, where in read_videos(ann_file):
                unknown = [name for name, _, _ in actions if name not in position]
                if unknown:
                    raise ValueError(f'{where}: class {unknown[0]!r} is not in '
                                     f'{os.fspath(self.class_file)}')
                held.extend(self._samples(length, actions, position))
        targets = targets_from_sets(held, len(labels))
        return select(list(labels.values()), targets, self.classes, self.keep_unlabelled,
                      os.fspath(self.class_file))

    def _samples(self, length: float, actions: Sequence[Action], position: Dict[str, int]) -> List[set]:
        if self.clip_seconds is None:
            return [{position[name] for name, _, _ in actions}]
        spans = [(position[name], clip_range(start, end, self.clip_seconds))
                 for name, start, end in actions]
        # Annotated ends may lie a little past the video's length.
        total = max([len(clip_range(0, length, self.clip_seconds))] + [span.stop for _, span in spans])
        clips: List[set] = [set() for _ in range(total)]
        for label, span in spans:
            for clip in span:
                clips[clip].add(label)
        return clips

    def concepts(self) -> Optional[Dict[str, Dict[str, Optional[str]]]]:
        """Label -> ``dict(verb=..., object=...)``, object None where the action has none.

        None without the mapping files.

        Raises:
            ValueError: A line of the mapping is malformed or a class has none; names file and line.
        """
        mapping, objects, verbs = self.concept_files.values()
        if mapping is None:
            return None
        labels, objects, verbs = _codes(self.class_file), _codes(objects), _codes(verbs)
        concepts = {}
        for number, line in enumerate(list_from_file(mapping), 1):
            if not line.strip():
                continue
            try:
                code, thing, verb = line.split()
                thing = objects[thing]
                concepts[labels[code]] = dict(verb=verbs[verb],
                                              object=None if thing.casefold() == 'none' else thing)
            except (ValueError, KeyError) as error:
                raise ValueError(f"{os.fspath(mapping)}:{number}: {line.strip()!r} is not 'class object "
                                 f"verb' of the class files ({error})") from None
        missing = [label for label in labels.values() if label not in concepts]
        if missing:
            raise ValueError(f'{os.fspath(mapping)} has no line for {", ".join(missing[:5])}')
        return concepts
