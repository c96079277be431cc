"""What the data sets of videos share: files, or folders of their frames."""
import logging
import os.path as osp
from typing import List, Optional

from mmengine.logging import print_log

from kssnet_mm.utils.configs import type_name

from .frame_folders import check_template, read_folder
from .sample_policy import SamplePolicy


def _kinds(pipeline: List) -> List[str]:
    return [type_name(step.get('type', '') if isinstance(step, dict) else type(step)) for step in pipeline or ()]


def check_label_level(label_level: str, pipeline: List) -> None:
    """Raise ValueError where ``label_level`` is neither 'video' nor 'clip', or the pipeline is for the other one."""
    if label_level not in ('video', 'clip'):
        raise ValueError(f"label_level must be 'video' or 'clip', got {label_level!r}")
    # tools that read labels alone build the data set without a pipeline
    if pipeline and ('ClipLabels' in _kinds(pipeline)) != (label_level == 'clip'):
        raise ValueError(f'label_level={label_level!r} and the pipeline do not agree: ClipLabels '
                         f'belongs to label_level=\'clip\'; the steps are {_kinds(pipeline)}')


class VideoPolicy(SamplePolicy):
    """Put before a data set class: a sample's media are a video, or the frames extracted from it.

    Args:
        data_prefix: ``dict(video=folder)``, or ``dict(img=folder)`` for one folder of frames a video; then
            mmaction2's ``RawFrameDecode`` takes the place of the video decoder, and all folders are listed
            once here.
        frame_fps: Frames a second in the folders of frames, where their ``frames.txt`` does not say it.
        filename_tmpl: Names of the frames, as ``'img_{:05d}.jpg'``, with ``{name}`` for the video's id. None:
            each folder's own naming, whatever it is.
        start_index: Number of the first frame. None: 0 or 1, whichever is there.
        **kwargs: Arguments of :class:`SamplePolicy` and the data set class. With ``on_bad_media='resample'`` missing
            folders of frames are left out of training.

    Raises:
        ValueError: An argument is wrong, or folders of frames are missing or have gaps.
    """

    def __init__(self, *args, data_prefix: dict, frame_fps: float = 24.0, filename_tmpl: Optional[str] = None,
                 start_index: Optional[int] = None, **kwargs) -> None:
        if set(data_prefix) not in ({'video'}, {'img'}):
            raise ValueError(f'data_prefix must be dict(video=folder) or dict(img=folder), got '
                             f'{data_prefix!r}')
        if not frame_fps > 0:
            raise ValueError(f'frame_fps must be positive, got {frame_fps!r}')
        self.frames = 'img' in data_prefix
        if not self.frames and (start_index or filename_tmpl is not None):
            raise ValueError('start_index and filename_tmpl are for folders of frames: data_prefix=dict(img=folder); '
                             'the frames of a video count from 0')
        if filename_tmpl is not None:
            check_template(filename_tmpl)
        self.frame_fps, self.filename_tmpl, self.first_frame = float(frame_fps), filename_tmpl, start_index
        kwargs.setdefault('modality', 'RGB')
        if start_index is None:
            start_index = 1 if self.frames else 0
        super().__init__(*args, data_prefix=data_prefix, start_index=start_index, **kwargs)

    def media_of_video(self, name: str, extension: str = '') -> dict:
        """What a record says of the media of one video."""
        if not self.frames:
            return dict(filename=osp.join(self.data_prefix['video'], name + extension))
        return dict(frame_dir=osp.join(self.data_prefix['img'], name), avg_fps=self.frame_fps)

    def with_media(self, data: List[dict]) -> List[dict]:
        """Add ``total_frames`` and the naming to records of folders; those that cannot be used are named, or left out.

        Records may say their ``length`` in seconds, which is compared.
        """
        if not self.frames:
            return data
        whole, bad, short = [], [], []
        for record in data:
            try:
                folder = read_folder(record['frame_dir'], osp.basename(record['video_id']), self.filename_tmpl,
                                     self.first_frame)
            except ValueError as error:
                bad.append((record, error))
                continue
            # mmaction2 adds the offset to the numbers that it samples, which begin at start_index
            record.update(filename_tmpl=folder.template, total_frames=folder.count,
                          offset=folder.start - self.start_index)
            whole.append(record)
            if folder.count < self.frame_fps * (record.get('length', 0) - 1):
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
