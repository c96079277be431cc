"""Decode frames with decord, where it counts them as players do."""
from typing import List, Optional, Sequence

import numpy as np

from .frame_index import FrameIndex
from .presented import not_mirrored

# decord keeps seconds as float32: about this much off after an hour.
SLACK = 2e-3


def read_by_decord(path: str, index: FrameIndex, wanted: Sequence[int],
                   num_threads: int = 1) -> Optional[List[np.ndarray]]:
    """RGB images as :func:`read_frames` gives them, or None where decord's frames are not those of the index.

    decord numbers all packets, also those that an edit list hides or that no frame comes from, and repeats a
    neighbour for them. It mirrors no frame.

    Raises:
        RuntimeError or DECORDError: decord cannot read the file.
    """
    import decord
    reader = decord.VideoReader(path, num_threads=num_threads)
    if len(reader) != len(index.times) or not not_mirrored(path):
        return None
    starts = reader.get_frame_timestamp(range(len(reader)))[:, 0]
    if np.abs((starts - starts[0]) - (index.times - index.times[0])).max() > SLACK:
        return None
    return list(reader.get_batch(np.asarray(wanted)).asnumpy())
