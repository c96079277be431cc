"""Folders of extracted frames of any naming: ``{id}/{id}-{:06d}.jpg`` from 1, ``img_{:05d}.png`` from 0, ..."""
import os
import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

TEMPLATE = '{name}-{{:06d}}.jpg'
# How many frames the folder was made with, and when each is shown, written by the extraction: frames lost at the
# end leave no gap, and a video need not have a constant rate.
COUNT = 'frames.txt'
NUMBERED = re.compile(r'(.*?)(\d+)(\.(?:jpe?g|png|bmp|webp))', re.IGNORECASE | re.DOTALL)
PLACE = re.compile(r'\{(:0?\d*d?)?\}')


class FrameFolder(NamedTuple):
    """The frames of one video: ``template.format(start)`` to ``template.format(start + count - 1)``."""
    template: str
    start: int
    count: int


def _escaped(text: str) -> str:
    return text.replace('{', '{{').replace('}', '}}')


def frame_template(name: str, template: str = TEMPLATE) -> str:
    """``ABCDE-{:06d}.jpg`` of a video id; braces in the id are kept.

    Args:
        name: The id.
        template: With one place for the frame's number, as ``img_{:05d}.jpg``, and ``{name}`` for the id if it
            is a part of the name.
    """
    if template is not TEMPLATE:
        check_template(template)
        return template.replace('{name}', _escaped(name))
    return TEMPLATE.format(name=_escaped(name))


def check_template(template: str) -> None:
    """Raise ValueError where a template has not exactly one place for a number."""
    if len(PLACE.findall(template.replace('{name}', ''))) != 1:
        raise ValueError(f"filename_tmpl must have one place for the frame's number, as 'img_{{:05d}}.jpg' or "
                         f"'{{name}}-{{:06d}}.jpg', got {template!r}")


def read_folder(folder: str, name: str, template: Optional[str] = None, start: Optional[int] = None) -> FrameFolder:
    """List a folder of frames, without opening one.

    Args:
        folder: Its path.
        name: The video's id.
        template: As :func:`frame_template` takes it. None: the names are looked at; files named otherwise are
            passed over where there are some of ``{id}-{:06d}.jpg``.
        start: Number of the first frame. None: 0 where there is a frame 0, else 1.

    Raises:
        ValueError: The folder is missing, has no frames, has frames of two namings, or lacks some: between the
            first and the last, or of those that ``frames.txt`` counts where there is one.
    """
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f'{folder}: the folder of frames is missing') from None
    if template is None:
        template = _found_template(folder, name, names)
    else:
        template = frame_template(name, template)
    numbers = _numbers(names, template)
    if not numbers:
        raise ValueError(f'{folder}: no frames {template.format(start or 1)} ... in this folder, which holds '
                         f'{_some(names)}')
    first = start if start is not None else min(min(numbers), 1)
    last = max(numbers)
    missing = sorted(set(range(first, last + 1)) - set(numbers))
    if missing:
        hint = f' (if frames are meant to begin with number {min(numbers)}: start_index={min(numbers)})'
        raise ValueError(f'{folder}: {len(numbers)} frames, the last has number {last}; '
                         f'{template.format(missing[0])} is missing' + hint * (missing[0] < min(numbers)))
    if min(numbers) < first:
        raise ValueError(f'{folder}: {template.format(min(numbers))} is there, but start_index is {first}')
    count = last - first + 1
    if COUNT in names:
        with open(os.path.join(folder, COUNT), encoding='utf-8', errors='replace') as file:
            counted = file.readline().strip()
        if counted != str(count):
            raise ValueError(f'{folder}: {count} frames, {COUNT} says {counted!r}')
    return FrameFolder(template, first, count)


def _found_template(folder: str, name: str, names: List[str]) -> str:
    """The naming of the files in a folder."""
    usual = frame_template(name)
    if _numbers(names, usual):
        return usual
    groups: Dict[tuple, List[str]] = {}
    for match in filter(None, map(NUMBERED.fullmatch, names)):
        groups.setdefault((match[1], match[3]), []).append(match[2])
    if not groups:
        return usual
    found = sorted(f'{_escaped(before)}{{:0{min(map(len, digits))}d}}{_escaped(after)}'
                   for (before, after), digits in groups.items())
    if len(found) > 1:
        raise ValueError(f'{folder}: files are named in {len(found)} ways, {found[0]} and {found[1]}: say by '
                         'filename_tmpl which are the frames')
    return found[0]


def consecutive(paths: Sequence[str]) -> Tuple[str, FrameFolder]:
    """Folder and naming of the listed frames of one video.

    Raises:
        ValueError: They lie in several folders, have no numbers, or are not numbered one after the other.
    """
    folder, first = os.path.split(paths[0])
    match = NUMBERED.fullmatch(first)
    if match is None:
        raise ValueError(f'{paths[0]}: a frame needs a number at the end of its name and an ending such as .jpg')
    start = int(match[2])
    template = f'{_escaped(match[1])}{{:0{len(match[2])}d}}{_escaped(match[3])}'
    for position, path in enumerate(paths):
        if path != os.path.join(folder, template.format(start + position)):
            raise ValueError(f'{path}: frame {position} of this video should be '
                             f'{os.path.join(folder, template.format(start + position))}')
    return folder, FrameFolder(template, start, len(paths))


def _numbers(names: List[str], template: str) -> List[int]:
    """Numbers of the files that a template gives."""
    place = PLACE.search(template.replace('{{', '<<').replace('}}', '>>'))
    before, after = template[:place.start()].format(), template[place.end():].format()
    found = []
    for file in names:
        digits = file[len(before):len(file) - len(after)]
        if (file.startswith(before) and file.endswith(after) and digits.isascii() and digits.isdecimal()
                and template.format(int(digits)) == file):
            found.append(int(digits))
    return found


def _some(names: List[str]) -> str:
    return ', '.join(sorted(names)[:3]) + (', ...' if len(names) > 3 else '') if names else 'nothing'


def count_frames(folder: str, name: str) -> int:
    """Number of frames of :func:`read_folder`."""
    return read_folder(folder, name).count


def write_times(folder: str, times: np.ndarray) -> None:
    """Write ``frames.txt`` into a folder that is not in use yet: n, the n times in seconds, and the end."""
    with open(os.path.join(folder, COUNT), 'w', encoding='utf-8') as file:
        file.write('\n'.join([str(len(times) - 1), *map(repr, map(float, times))]) + '\n')


def read_times(folder: str) -> Optional[np.ndarray]:
    """Begin and end of each frame in seconds (n, 2); None where ``frames.txt`` does not say.

    Raises:
        ValueError: It says something else.
    """
    path = os.path.join(folder, COUNT)
    if not os.path.isfile(path):
        return None
    with open(path, encoding='utf-8', errors='replace') as file:
        count, *lines = file.read().split()[:10_000_000] or ['']
    if not lines:
        return None
    try:
        times = np.array(lines, dtype=np.float64)
        if len(times) != int(count) + 1 or not np.isfinite(times).all() or (np.diff(times) < 0).any():
            raise ValueError
    except ValueError:
        raise ValueError(f'{path}: expected the number of frames, the time of each and of the end, '
                         'ascending') from None
    return np.stack([times[:-1], times[1:]], axis=1)
