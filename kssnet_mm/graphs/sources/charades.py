"""Labels of Charades' official csv files."""
import math
import os
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple, Union

from scipy import sparse

from kssnet_mm.annotations.charades import Video, read_codes, read_concepts, read_videos
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.io import PathLike

from .label_source import LabelSource
from .targets import select, targets_from_sets


def clip_range(start: float, end: float, clip_seconds: float) -> range:
    """The clips [k s, (k + 1) s) that an action from ``start`` to ``end`` overlaps, at least one."""
    # Times have two decimals: the tolerance keeps the rounding of 0.3 / 0.1 from reaching the next clip.
    first = math.floor(start / clip_seconds + 1e-9)
    return range(first, max(first + 1, math.ceil(end / clip_seconds - 1e-9)))


@TASK_UTILS.register_module()
class CharadesLabels(LabelSource):
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
        self.concept_files = dict(mapping_file=mapping_file, object_file=object_file, verb_file=verb_file)
        absent = [name for name, file in self.concept_files.items() if file is None]
        if 0 < len(absent) < 3:
            raise ValueError(f'concepts need {", ".join(self.concept_files)} together; {", ".join(absent)} is not '
                             'given')
        self.ann_files = [ann_file] if isinstance(ann_file, (str, os.PathLike)) else list(ann_file)
        self.class_file, self.clip_seconds = class_file, clip_seconds
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def load(self) -> Tuple[List[str], sparse.csr_array]:
        """Labels (N) and targets (n x N uint8, CSR), in the order of the csv.

        Raises:
            ValueError: A row is malformed, names an unknown class or a video that was there already; the message has
                file and line.
        """
        codes = read_codes(self.class_file)
        position = {code: index for index, code in enumerate(codes)}
        seen: Dict[str, str] = {}
        held = [labels for file in self.ann_files for video in self._unique(read_videos(file, codes), seen)
                for labels in self._samples(video, position)]
        return select(list(codes.values()), targets_from_sets(held, len(codes)), self.classes,
                      self.keep_unlabelled, os.fspath(self.class_file))

    @staticmethod
    def _unique(videos: Iterable[Video], seen: Dict[str, str]) -> Iterator[Video]:
        """The videos, each of which may be in one of the files alone."""
        for video in videos:
            if video.id in seen:
                raise ValueError(f'{video.where}: the video {video.id!r} was already at {seen[video.id]}')
            seen[video.id] = video.where
            yield video

    def _samples(self, video: Video, position: Dict[str, int]) -> List[Set[int]]:
        """The labels of the video, or of each of its clips."""
        if self.clip_seconds is None:
            return [{position[action.code] for action in video.actions}]
        spans = [(position[action.code], clip_range(action.start, action.end, self.clip_seconds))
                 for action in video.actions]
        # Annotated ends may lie a little past the video's length.
        total = max([len(clip_range(0, video.length, self.clip_seconds))] + [span.stop for _, span in spans])
        clips: List[Set[int]] = [set() for _ in range(total)]
        for label, span in spans:
            for clip in span:
                clips[clip].add(label)
        return clips

    def concepts(self) -> Optional[Dict[str, Dict[str, Optional[str]]]]:
        """Label -> ``dict(verb=..., object=...)``, see :func:`read_concepts`; None without its files."""
        if None in self.concept_files.values():
            return None
        return read_concepts(read_codes(self.class_file), **self.concept_files)
