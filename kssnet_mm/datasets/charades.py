"""Charades as a multi-label video data set."""
import os.path as osp
from typing import List, Optional

import numpy as np
from mmaction.datasets.base import BaseActionDataset

from kssnet_mm.annotations.charades import Video, read_codes, read_videos
from kssnet_mm.registry import DATASETS

from .video_policy import VideoPolicy, check_label_level


@DATASETS.register_module()
class CharadesDataset(VideoPolicy, BaseActionDataset):
    """Charades (Sigurdsson et al., https://arxiv.org/abs/1604.01753) from its official csv files.

    Args:
        ann_file: ``Charades_v1_train.csv`` or ``Charades_v1_test.csv``.
        class_file: ``Charades_v1_classes.txt``; its order is the order of classes.
        pipeline: As in mmaction2.
        data_prefix: ``dict(video=folder)``, or ``dict(img=folder)`` for frames, officially distributed as
            ``{id}/{id}-{:06d}.jpg`` at 24 a second; see :class:`VideoPolicy`.
        label_level: 'video': every action of the video. 'clip': those of the sampled frames' time span
            alone, as PySlowFast trains; the pipeline must have a ``ClipLabels`` after ``SampleFrames``.
        extension: Ending of the video files.
        max_refetch: How many others are tried for a video that cannot be read.
        data_root: Joined with the relative paths above.
        **kwargs: ``keep_unlabelled`` (174 of 7985 in train and 49 of 1863 in test have no action) and the others
            of :class:`VideoPolicy`, and those of mmaction2's ``BaseActionDataset``.

    Raises:
        ValueError: An argument is wrong, the annotations are (with file and line), or folders of frames
            are missing or have gaps.
    """

    def __init__(self, ann_file: str, class_file: str, pipeline: List, data_prefix: dict,
                 label_level: str = 'video', extension: str = '.mp4', max_refetch: int = 10,
                 data_root: Optional[str] = None, **kwargs) -> None:
        check_label_level(label_level, pipeline)
        self.codes = read_codes(osp.join(data_root or '', class_file))
        self.label_level, self.extension = label_level, extension
        kwargs['metainfo'] = dict(kwargs.get('metainfo') or {}, classes=tuple(self.codes.values()))
        super().__init__(ann_file=ann_file, pipeline=pipeline, data_root=data_root,
                         data_prefix=data_prefix, multi_class=True, num_classes=len(self.codes),
                         max_refetch=max_refetch, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict a video: media, label (sorted class indices), id, length in seconds, where in the csv.

        With label_level 'clip' also ``actions``: float64 (A, 3) of class index, start, end in seconds.
        """
        records = []
        for video in read_videos(self.ann_file, self.codes, self.fault):
            if not video.length > 0:
                self.fault('malformed row', video.where, f'the length of {video.id!r} is {video.length:g} seconds')
            records.append(self._record(video))
        return self.with_media(self.labelled(records, 'label', 'videos', self.ann_file))

    def _record(self, video: Video) -> dict:
        position = {code: i for i, code in enumerate(self.codes)}
        spans = [(position[action.code], action.start, action.end) for action in video.actions]
        # mmaction2's PackActionInputs passes video_id on by default
        record = dict(label=sorted({span[0] for span in spans}), video_id=video.id,
                      length=video.length, where=video.where)
        if self.label_level == 'clip':
            record['actions'] = np.array(spans, dtype=np.float64).reshape(-1, 3)
        record.update(self.media_of_video(video.id, self.extension))
        return record
