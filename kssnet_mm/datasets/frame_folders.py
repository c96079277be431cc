"""Folders of extracted frames: ``{id}/{id}-{:06d}.jpg``, numbered from 1."""
import os

TEMPLATE = '{name}-{{:06d}}.jpg'


def frame_template(name: str) -> str:
    """``ABCDE-{:06d}.jpg`` of a video id; braces in the id are kept."""
    return TEMPLATE.format(name=name.replace('{', '{{').replace('}', '}}'))


def count_frames(folder: str, name: str) -> int:
    """Number of frames of video ``name`` in its folder, without opening one.

    Raises:
        ValueError: The folder is missing, has no frames, or lacks some between the first and the last.
    """
    prefix = f'{name}-'
    try:
        with os.scandir(folder) as entries:
            numbers = [entry.name[len(prefix):-4] for entry in entries
                       if entry.name.startswith(prefix) and entry.name.endswith('.jpg')]
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f'{folder}: the folder of frames is missing') from None
    numbers = [int(number) for number in numbers if len(number) == 6 and number.isdecimal()]
    if not numbers:
        raise ValueError(f'{folder}: no frames {prefix}000001.jpg ... in this folder')
    last = max(numbers)
    if len(numbers) != last or min(numbers) != 1:
        gap = min(set(range(1, last + 1)) - set(numbers), default=0)
        raise ValueError(f'{folder}: {len(numbers)} frames, the last has number {last}; '
                         f'{prefix}{gap:06d}.jpg is missing')
    return last
