"""PySlowFast's frame lists: a row a frame, with the labels of that frame."""
from typing import Dict, List, NamedTuple

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.text_files import read_lines

from .faults import FaultHandler, raise_fault

# PySlowFast's own files spell the first column so; others have corrected it.
HEADERS = ('original_vido_id', 'original_video_id')
REST = ['video_id', 'frame_id', 'path', 'labels']


class ListedVideo(NamedTuple):
    """The frames of a video: its id, paths and label indices of each frame in order, and ``file:line`` of the first."""
    id: str
    paths: List[str]
    labels: List[List[int]]
    where: str


def read_frame_list(file: PathLike, fault: FaultHandler = raise_fault) -> List[ListedVideo]:
    """``original_vido_id video_id frame_id path labels``, separated by blanks; labels as ``"3,7"`` or ``""``.

    The form of https://github.com/facebookresearch/SlowFast, ``slowfast/datasets/DATASET.md`` (Charades).

    Args:
        file: The list.
        fault: Called with kind, place and message of each row that is left out.

    Raises:
        ValueError: It has another header, or ``fault`` raised; names file and line.
    """
    videos: Dict[str, ListedVideo] = {}
    lines = read_lines(file)
    header = next(lines, '').split()
    if not header or header[0] not in HEADERS or header[1:] != REST:
        raise ValueError(f'{file}:1: the header of a frame list is {HEADERS[0]!r} and {" ".join(REST)!r}, got '
                         f'{" ".join(header)[:80]!r}')
    for number, line in enumerate(lines, 2):
        cells, where = line.split(), f'{file}:{number}'
        if not cells:
            continue
        if len(cells) != 5:
            fault('malformed row', where, f'{len(cells)} columns instead of 5')
            continue
        name, _, frame, path, labels = cells
        labels = labels.strip('"')
        held = labels.split(',') if labels else []
        if not frame.isdecimal() or not all(label.isdecimal() for label in held):
            fault('malformed row', where, f'frame {frame!r} and labels {labels!r} are no numbers')
            continue
        video = videos.setdefault(name, ListedVideo(name, [], [], where))
        if int(frame) != len(video.paths):
            fault('malformed row', where, f'frame {frame} of {name!r} follows frame {len(video.paths) - 1}')
            continue
        video.paths.append(path)
        video.labels.append(sorted({int(label) for label in held}))
    return list(videos.values())
