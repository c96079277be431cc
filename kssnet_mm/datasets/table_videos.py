"""Videos listed in a plain table."""
from typing import List

from mmaction.datasets.base import BaseActionDataset

from kssnet_mm.registry import DATASETS

from .table_policy import TablePolicy
from .video_policy import VideoPolicy


@DATASETS.register_module()
class TableVideoMultiLabel(VideoPolicy, TablePolicy, BaseActionDataset):
    """Videos and their labels from a csv or json file.

    Args:
        ann_file: The table, in one of the forms of :class:`TablePolicy`.
        pipeline: As in mmaction2.
        data_prefix: ``dict(video=folder)``, or ``dict(img=folder)`` for a folder of frames a row; see
            :class:`VideoPolicy`.
        max_refetch: How many others are tried for a video that cannot be read.
        **kwargs: Arguments of :class:`VideoPolicy` (filename_tmpl, start_index, frame_fps) and :class:`TablePolicy`
            (classes, extension, settings of the table, keep_unlabelled, on_bad_media), and those of mmaction2's
            ``BaseActionDataset``.
    """

    def __init__(self, ann_file: str, pipeline: List, data_prefix: dict, max_refetch: int = 10, **kwargs) -> None:
        super().__init__(ann_file=ann_file, pipeline=pipeline, data_prefix=data_prefix, multi_class=True,
                         max_refetch=max_refetch, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict a video: its media, video_id (the name in the table), label (indices), unknown (indices), where."""
        classes, samples = self.read_table()
        self.num_classes = len(classes)
        data = [dict(video_id=sample.name, label=sample.labels, unknown=sample.unknown, where=sample.where,
                     **self.media_of_video(sample.name, self.extension)) for sample in samples]
        return self.with_media(self.labelled(data, 'label', 'videos', self.ann_file))
