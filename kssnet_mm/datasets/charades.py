"""Charades as a multi-label video data set."""
import logging
import os.path as osp
from typing import List, Optional

import numpy as np
from mmaction.datasets.base import BaseActionDataset
from mmengine.logging import print_log

from kssnet_mm.annotations.charades import Video, read_codes, read_videos
from kssnet_mm.registry import DATASETS

from .frame_folders import count_frames, frame_template
from .sample_policy import SamplePolicy


def _kinds(pipeline: List) -> List[str]:
    steps = (step.get('type') if isinstance(step, dict) else type(step) for step in pipeline or ())
    return [getattr(step, '__name__', str(step)).rsplit('.', 1)[-1] for step in steps]


@DATASETS.register_module()
class CharadesDataset(SamplePolicy, BaseActionDataset):
    """Charades (Sigurdsson et al., https://arxiv.org/abs/1604.01753) from its official csv files.

    Args:
        ann_file: ``Charades_v1_train.csv`` or ``Charades_v1_test.csv``.
        class_file: ``Charades_v1_classes.txt``; its order is the order of classes.
        pipeline: As in mmaction2.
        data_prefix: ``dict(video=folder)``, or ``dict(img=folder)`` for frames in
            ``{id}/{id}-{:06d}.jpg`` as officially distributed; then mmaction2's ``RawFrameDecode`` takes
            the place of the video decoder, and all folders are counted once here.
        label_level: 'video': every action of the video. 'clip': those of the sampled frames' time span
            alone, as PySlowFast trains; the pipeline must have a ``ClipLabels`` after ``SampleFrames``.
        extension: Ending of the video files.
        frame_fps: Frames a second in the folders of frames; 24 in the official ones.
        max_refetch: How many others are tried for a video that cannot be read.
        data_root: Joined with the relative paths above.
        **kwargs: ``keep_unlabelled`` (174 of 7985 in train and 49 of 1863 in test have no action) and
            ``on_bad_media`` of :class:`SamplePolicy`, and those of mmaction2's ``BaseActionDataset``.
            With ``on_bad_media='resample'`` missing folders of frames are left out of training.

    Raises:
        ValueError: An argument is wrong, the annotations are (with file and line), or folders of frames
            are missing or have gaps.
    """

    def __init__(self, ann_file: str, class_file: str, pipeline: List, data_prefix: dict,
                 label_level: str = 'video', extension: str = '.mp4', frame_fps: float = 24.0,
                 max_refetch: int = 10, data_root: Optional[str] = None, **kwargs) -> None:
        if set(data_prefix) not in ({'video'}, {'img'}):
            raise ValueError(f'data_prefix must be dict(video=folder) or dict(img=folder), got '
                             f'{data_prefix!r}')
        if label_level not in ('video', 'clip'):
            raise ValueError(f"label_level must be 'video' or 'clip', got {label_level!r}")
        if not frame_fps > 0:
            raise ValueError(f'frame_fps must be positive, got {frame_fps!r}')
        # tools that read labels alone build the data set without a pipeline
        if pipeline and ('ClipLabels' in _kinds(pipeline)) != (label_level == 'clip'):
            raise ValueError(f'label_level={label_level!r} and the pipeline do not agree: ClipLabels '
                             f'belongs to label_level=\'clip\'; the steps are {_kinds(pipeline)}')
        self.codes = read_codes(osp.join(data_root or '', class_file))
        self.frames, self.label_level = 'img' in data_prefix, label_level
        self.extension, self.frame_fps = extension, float(frame_fps)
        kwargs['metainfo'] = dict(kwargs.get('metainfo') or {}, classes=tuple(self.codes.values()))
        kwargs.setdefault('modality', 'RGB')
        kwargs.setdefault('start_index', 1 if self.frames else 0)
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
        data = self.labelled(records, 'label', 'videos', self.ann_file)
        return self._with_frame_counts(data) if self.frames else data

    def _record(self, video: Video) -> dict:
        position = {code: i for i, code in enumerate(self.codes)}
        spans = [(position[action.code], action.start, action.end) for action in video.actions]
        # mmaction2's PackActionInputs passes video_id on by default
        record = dict(label=sorted({span[0] for span in spans}), video_id=video.id,
                      length=video.length, where=video.where)
        if self.label_level == 'clip':
            record['actions'] = np.array(spans, dtype=np.float64).reshape(-1, 3)
        if self.frames:
            record.update(frame_dir=osp.join(self.data_prefix['img'], video.id),
                          filename_tmpl=frame_template(video.id), avg_fps=self.frame_fps)
        else:
            record['filename'] = osp.join(self.data_prefix['video'], video.id + self.extension)
        return record

    def _with_frame_counts(self, data: List[dict]) -> List[dict]:
        """Add ``total_frames``; folders that are missing or have gaps are named, or left out."""
        whole, bad, short = [], [], []
        for record in data:
            try:
                record['total_frames'] = count_frames(record['frame_dir'], record['video_id'])
            except ValueError as error:
                bad.append((record, error))
                continue
            whole.append(record)
            if record['total_frames'] < self.frame_fps * (record['length'] - 1):
                short.append(record)
        if short:  # not a fault: the csv's lengths are rounded and a video's last second may be cut
            print_log(f'{self.ann_file}: {len(short)} folders hold over a second less than the csv '
                      f'says, as {short[0]["frame_dir"]} ({short[0]["total_frames"]} frames of '
                      f'{short[0]["length"]:g} s)', logger='current', level=logging.WARNING)
        for record, error in bad if self.faults is not None else ():
            self.fault('missing or incomplete frames', record['where'], str(error))
        if bad and self.faults is None:
            text = f'{len(bad)} of {len(data)} folders of frames cannot be used: ' + '; '.join(
                str(error) for _, error in bad[:5]) + ('; ...' if len(bad) > 5 else '')
            if self.test_mode or self.on_bad_media == 'raise':
                raise ValueError(f'{self.ann_file}: {text}')
            print_log(f'{self.ann_file}: {text}: left out', logger='current', level=logging.WARNING)
        return whole
