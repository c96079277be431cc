"""Videos as PySlowFast lists them, frame by frame."""
import os.path as osp
from typing import List, Optional, Sequence, Union

import numpy as np
from mmaction.datasets.base import BaseActionDataset

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.frame_lists import ListedVideo, read_frame_list
from kssnet_mm.registry import DATASETS

from .frame_folders import consecutive
from .sample_policy import SamplePolicy
from .video_policy import check_label_level


@DATASETS.register_module()
class FrameListMultiLabel(SamplePolicy, BaseActionDataset):
    """PySlowFast's frame lists (``original_vido_id video_id frame_id path labels``), as it reads Charades.

    Args:
        ann_file: The list.
        classes: Class list file or names, in the order of the list's label numbers.
        pipeline: As in mmaction2, with ``RawFrameDecode``.
        data_prefix: ``dict(img=folder)`` that the list's paths are in.
        label_level: 'video': every label of the video's frames. 'clip': those of the frames from the clip's first to
            its last; the pipeline must have a ``ClipLabels`` after ``SampleFrames``.
        frame_fps: Frames a second.
        max_refetch: How many others are tried for a video that cannot be read.
        data_root: Joined with the relative paths.
        **kwargs: Arguments of :class:`SamplePolicy` and mmaction2's ``BaseActionDataset``.

    Raises:
        ValueError: The list is malformed (with file and line), has labels beyond the classes, or the paths of a
            video are not numbered one after the other.
    """

    def __init__(self, ann_file: str, classes: Union[str, Sequence[str]], pipeline: List, data_prefix: dict,
                 label_level: str = 'video', frame_fps: float = 24.0, max_refetch: int = 10,
                 data_root: Optional[str] = None, **kwargs) -> None:
        if set(data_prefix) != {'img'}:
            raise ValueError(f'data_prefix must be dict(img=folder), got {data_prefix!r}')
        if not frame_fps > 0:
            raise ValueError(f'frame_fps must be positive, got {frame_fps!r}')
        check_label_level(label_level, pipeline)
        names = class_names(osp.join(data_root or '', classes) if isinstance(classes, str) else classes)
        self.label_level, self.frame_fps = label_level, float(frame_fps)
        kwargs['metainfo'] = dict(kwargs.get('metainfo') or {}, classes=tuple(names))
        kwargs.setdefault('modality', 'RGB')
        super().__init__(ann_file=ann_file, pipeline=pipeline, data_root=data_root, data_prefix=data_prefix,
                         multi_class=True, num_classes=len(names), max_refetch=max_refetch, start_index=0, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict a video: frame_dir, filename_tmpl, total_frames, offset, label (indices), video_id, where."""
        records = []
        for video in read_frame_list(self.ann_file, self.fault):
            highest = max((label for held in video.labels for label in held), default=-1)
            if highest >= self.num_classes:
                self.fault('unknown label', video.where, f'a frame of {video.id!r} has the label {highest}, there are '
                           f'{self.num_classes} classes')
                continue
            try:
                records.append(self._record(video))
            except ValueError as error:
                self.fault('malformed row', video.where, str(error))
        return self.labelled(records, 'label', 'videos', self.ann_file)

    def _record(self, video: ListedVideo) -> dict:
        folder, naming = consecutive(video.paths)
        record = dict(frame_dir=osp.join(self.data_prefix['img'], folder), filename_tmpl=naming.template,
                      total_frames=naming.count, offset=naming.start, avg_fps=self.frame_fps, video_id=video.id,
                      label=sorted({label for held in video.labels for label in held}), where=video.where)
        if self.label_level == 'clip':
            # a label of frame k is an action from k / fps to (k + 1) / fps: a clip has it if it has the frame
            record['actions'] = np.array([(label, k / self.frame_fps, (k + 1) / self.frame_fps)
                                          for k, held in enumerate(video.labels) for label in held],
                                         dtype=np.float64).reshape(-1, 3)
            # the clock of the list, which a frames.txt in the folder need not have
            times = np.arange(naming.count + 1) / self.frame_fps
            record['frame_spans'] = np.stack([times[:-1], times[1:]], axis=1)
        return record
