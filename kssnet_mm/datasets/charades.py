"""Charades as a multi-label video data set."""
import os.path as osp
from typing import List, Optional

import numpy as np
from mmaction.datasets.base import BaseActionDataset
from mmengine.logging import MMLogger, print_log

from kssnet_mm.registry import DATASETS

from .charades_annotations import read_classes, read_videos


@DATASETS.register_module()
class CharadesDataset(BaseActionDataset):
    """Video-level labels of Charades from its official csv files.

    Args:
        ann_file: ``Charades_v1_train.csv`` or ``Charades_v1_test.csv``.
        class_file: ``Charades_v1_classes.txt``; its order is the order of classes.
        pipeline: As in mmaction2.
        data_prefix: ``dict(video=folder)``.
        extension: Ending of the video files.
        keep_unlabelled: Whether videos without any action stay; both counts are logged (174 of 7985
            in train, 49 of 1863 in test on the official files).
        on_bad_media: 'raise', or in training 'resample': a video that cannot be read is counted,
            logged and replaced by another. In test mode nothing is ever replaced.
        max_refetch: How many others are tried for one that cannot be read.
        data_root: Joined with the relative paths above.
        **kwargs: As for mmaction2's ``BaseActionDataset``.
    """

    def __init__(self, ann_file: str, class_file: str, pipeline: List, data_prefix: dict,
                 extension: str = '.mp4', keep_unlabelled: bool = False,
                 on_bad_media: str = 'raise', max_refetch: int = 10,
                 data_root: Optional[str] = None, **kwargs) -> None:
        if on_bad_media not in ('raise', 'resample'):
            raise ValueError(f"on_bad_media must be 'raise' or 'resample', got {on_bad_media!r}")
        if data_root is not None and not osp.isabs(class_file):
            class_file = osp.join(data_root, class_file)
        self.codes = read_classes(class_file)
        self.extension = extension
        self.keep_unlabelled = keep_unlabelled
        self.on_bad_media = on_bad_media
        self.bad_media = 0
        kwargs['metainfo'] = dict(kwargs.get('metainfo') or {}, classes=tuple(self.codes.values()))
        kwargs.setdefault('modality', 'RGB')
        super().__init__(ann_file, pipeline, data_root=data_root, data_prefix=data_prefix,
                         multi_class=True, num_classes=len(self.codes), max_refetch=max_refetch,
                         **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict a video: filename and label (sorted class indices)."""
        position = {code: i for i, code in enumerate(self.codes)}
        videos = read_videos(self.ann_file, self.codes)
        data, unlabelled = [], 0
        for video in videos:
            label = sorted({position[action.code] for action in video.actions})
            unlabelled += not label
            if label or self.keep_unlabelled:
                name = osp.join(self.data_prefix['video'], video.id + self.extension)
                # mmaction2's PackActionInputs passes video_id on by default
                data.append(dict(filename=name, label=label, video_id=video.id))
        print_log(f'{self.ann_file}: {len(videos)} videos, {unlabelled} without any action '
                  f'({"kept" if self.keep_unlabelled else "dropped"})', logger='current')
        return data

    def prepare_data(self, idx: int):
        """Run the pipeline; a video that cannot be read is named, or skipped as the config says."""
        try:
            return super().prepare_data(idx)
        except Exception as error:  # decord, cv2 and OS errors share no base class
            name = self.get_data_info(idx)['filename']
            reason = str(error).strip().splitlines()
            text = f'{name} cannot be read ({type(error).__name__}: {reason[0] if reason else ""})'
            if self.test_mode or self.on_bad_media == 'raise':
                raise ValueError(text) from error
            self.bad_media += 1
            MMLogger.get_current_instance().warning(
                f'{text}; another is taken, {self.bad_media} so far in this worker')
            return None  # mmengine's BaseDataset draws another

    def targets(self) -> np.ndarray:
        """uint8 (n, N): all labels, without reading a video."""
        rows = np.zeros((len(self), len(self.codes)), dtype=np.uint8)
        for i, row in enumerate(rows):
            row[np.asarray(self.get_data_info(i)['label']).nonzero()[0]] = 1
        return rows
