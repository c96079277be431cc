"""What all our data sets share: faults with file and line, logged counts, unreadable media."""
import os
from contextlib import nullcontext
from typing import List, Optional

import numpy as np
import torch
from mmengine.logging import MMLogger, print_log
from torch.utils.data import get_worker_info

from kssnet_mm.annotations.faults import Fault, raise_fault
from kssnet_mm.utils.input_files import regular_file

from .image_files import MAX_PIXELS, check_header, whole_images

# What a media file's name is kept under: mmpretrain's images, mmaction2's videos and frame folders.
MEDIA_KEYS = ('img_path', 'filename', 'frame_dir')
# Loader workers that count what they skip without asking each other; those beyond share.
COUNTERS = 256


def media_of(info: dict) -> Optional[str]:
    """Path of a record's image, video or folder of frames; None where it has none."""
    return next((info[key] for key in MEDIA_KEYS if info.get(key)), None)


class SamplePolicy:
    """Put before a data set class: how faults, unlabelled samples and unreadable media are treated.

    Args:
        keep_unlabelled: Whether samples without any label stay; both counts are logged.
        on_bad_media: 'raise', or in training 'resample': a sample whose file cannot be read, or on which a step of the
            pipeline fails, is counted, logged and replaced by another. In test mode nothing is ever replaced or left out. Images that are
            broken in the middle count, although OpenCV reads them, and so do those of floats or 32-bit integers,
            which it would clip.
        max_pixels: Images that have more by their header are not decoded: they count as unreadable.
        **kwargs: Arguments of the data set class.

    Raises:
        ValueError: One of them is something else.
    """

    def __init__(self, *args, keep_unlabelled: bool = False, on_bad_media: str = 'raise',
                 max_pixels: int = MAX_PIXELS, **kwargs) -> None:
        if not max_pixels > 0:
            raise ValueError(f'max_pixels must be positive, got {max_pixels!r}')
        if on_bad_media not in ('raise', 'resample'):
            raise ValueError(f"on_bad_media must be 'raise' or 'resample', got {on_bad_media!r}")
        self.keep_unlabelled, self.on_bad_media, self.max_pixels = keep_unlabelled, on_bad_media, max_pixels
        # in memory that the loader's workers share with the process that started them
        self._skipped = torch.zeros(COUNTERS, dtype=torch.int64).share_memory_()
        # a list here collects what is wrong with the annotations, instead of the first one being raised
        self.faults: Optional[List[Fault]] = None
        super().__init__(*args, **kwargs)

    def fault(self, kind: str, where: str, message: str) -> None:
        """Raise what is wrong, or collect it for the verify tool."""
        if self.faults is None:
            raise_fault(kind, where, message)
        self.faults.append(Fault(kind, where, message))

    def labelled(self, data: List[dict], key: str, noun: str, source: str) -> List[dict]:
        """``data``, without the records whose ``key`` is empty unless they stay; logs both counts.

        Raises:
            ValueError: No record is left, and faults are not collected.
        """
        unlabelled = sum(not len(record[key]) for record in data)
        print_log(f'{source}: {len(data)} {noun}, {unlabelled} without any label '
                  f'({"kept" if self.keep_unlabelled else "dropped"})', logger='current')
        kept = data if self.keep_unlabelled else [record for record in data if len(record[key])]
        if not kept and self.faults is None:
            why = f'; {unlabelled} hold none of the {len(self.metainfo.get("classes") or ())} classes' * bool(data)
            raise ValueError(f'{source}: no sample is left of {len(data)} {noun}{why}')
        return kept

    def get_data_info(self, idx: int) -> dict:
        """The record of a sample, with its targets.

        A record may list ``unknown`` positions: labels of which nobody knows whether the sample holds them. Images get
        ``gt_score``, N floats of 1, 0 and -1 (unknown), as mmpretrain's heads read them; of videos mmaction2 makes
        ``label`` of the same form.
        """
        info = super().get_data_info(idx)
        unknown, classes = info.get('unknown') or [], self.metainfo.get('classes')
        if isinstance(info.get('label'), torch.Tensor):
            info['label'][unknown] = -1.
        elif 'gt_label' in info and 'gt_score' not in info and classes is not None:
            score = [0.] * len(classes)
            for positions, value in ((info['gt_label'], 1.), (unknown, -1.)):
                for position in positions:
                    score[position] = value
            info['gt_score'] = score
        return info

    def filter_data(self) -> List[dict]:
        """What is left of the records.

        Raises:
            ValueError: Nothing is.
        """
        data = super().filter_data()
        if not data and self.faults is None:  # the verify tool counts it as a fault
            name = getattr(self, 'image_set_path', None) or self.ann_file
            hint = '' if self.keep_unlabelled else ', or none with a label (keep_unlabelled=True keeps those without)'
            raise ValueError(f'{name}: no sample is left: the file lists none{hint}')
        return data

    @property
    def bad_media(self) -> int:
        """How often a sample was replaced, in all loader workers of this process."""
        return int(self._skipped.sum())

    def get_cat_ids(self, idx: int) -> List[int]:
        """Positions of the labels that a sample is known to hold, for mmengine's ``ClassBalancedDataset``.

        None of a sample without labels, which is then never repeated.
        """
        info = self.get_data_info(idx)
        if 'gt_score' in info:
            return np.flatnonzero(np.asarray(info['gt_score']) > 0).tolist()
        label = np.asarray(info['gt_label'] if 'gt_label' in info else info['label'])
        # mmaction2 gives a target a class, mmpretrain the positions
        held = np.flatnonzero(label > 0) if label.dtype.kind == 'f' and label.size else label
        return [int(position) for position in held]

    def prepare_data(self, idx: int):
        """Run the pipeline; a file that cannot be read is named, or skipped as the config says."""
        info = self.get_data_info(idx)
        name = media_of(info)
        try:
            if info.get('img_path'):
                check_header(info['img_path'], self.max_pixels)
            if info.get('filename') and os.path.exists(info['filename']):
                regular_file(info['filename'])  # decord would wait for a FIFO
            with nullcontext() if info.get('filename') else whole_images(name):
                return super().prepare_data(idx)
        except Exception as error:  # decoders, cv2 and OS errors share no base class
            reason = str(error).strip().splitlines()
            text = f'{name} cannot be read, or a step of the pipeline fails on it ({type(error).__name__}: ' \
                   f'{reason[0] if reason else ""})'
            if self.test_mode or self.on_bad_media == 'raise':
                raise ValueError(text) from error
            worker = get_worker_info()
            mine = self._skipped[0 if worker is None else 1 + worker.id % (COUNTERS - 1)]
            mine += 1
            MMLogger.get_current_instance().warning(
                f'{text}; another is taken, {int(mine)} so far in this worker')
            return None  # mmengine's BaseDataset draws another
