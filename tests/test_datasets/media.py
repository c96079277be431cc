"""Small media files that the tests of this folder write."""
import logging

import cv2
import numpy as np


def write_image(path, value=120, size=(24, 32)):
    """One grey image of height and width ``size``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((*size, 3), value, dtype=np.uint8))


def write_video(path, frames=12, fps=24, size=(48, 64)):
    """An mpeg4 video whose frame k is grey of value 10 + 12 (k mod 20), within 5 after compression."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'mp4v'), fps, size[::-1])
    for k in range(frames):
        writer.write(np.full((*size, 3), 10 + 12 * (k % 20), dtype=np.uint8))
    writer.release()


def write_frames(folder, count, size=(24, 32)):
    """``{id}/{id}-{:06d}.jpg`` from 1; frame k (from 0) is grey of value 10 + 4 k."""
    for k in range(count):
        write_image(folder / f'{folder.name}-{k + 1:06d}.jpg', 10 + 4 * k, size)


def gt_label(sample):
    """The labels of a packed video, of mmaction2 1.1 or 1.2."""
    return sample.gt_label if 'gt_label' in sample else sample.gt_labels.item


class Log:
    """The messages that mmengine's current logger gets."""

    def __init__(self):
        from mmengine.logging import MMLogger
        self.messages = []
        self.logger = MMLogger.get_current_instance()
        self.level = self.logger.level
        self.handler = logging.Handler()
        self.handler.emit = lambda record: self.messages.append(record.getMessage())

    def __enter__(self):
        self.logger.addHandler(self.handler)
        self.logger.setLevel(logging.INFO)
        return self.messages

    def __exit__(self, *error):
        self.logger.removeHandler(self.handler)
        self.logger.setLevel(self.level)
