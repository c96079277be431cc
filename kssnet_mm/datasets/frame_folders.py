"""Folders of extracted frames: ``{id}/{id}-{:06d}.jpg``, numbered from 1."""
import os

TEMPLATE = '{name}-{{:06d}}.jpg'
# How many frames the folder was made with, written by the extraction: frames lost at the end leave no gap.
COUNT = 'frames.txt'


def frame_template(name: str) -> str:
    """``ABCDE-{:06d}.jpg`` of a video id; braces in the id are kept."""
    return TEMPLATE.format(name=name.replace('{', '{{').replace('}', '}}'))


def count_frames(folder: str, name: str) -> int:
    """Number of frames of video ``name`` in its folder, without opening one.

    Raises:
        ValueError: The folder is missing, has no frames, or lacks some: between the first and the last, or of
            those that ``frames.txt`` counts where there is one.
    """
    prefix = f'{name}-'
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f'{folder}: the folder of frames is missing') from None
    numbers = [file[len(prefix):-4] for file in names if file.startswith(prefix) and file.endswith('.jpg')]
    numbers = [int(number) for number in numbers if len(number) == 6 and number.isdecimal()]
    if not numbers:
        raise ValueError(f'{folder}: no frames {prefix}000001.jpg ... in this folder')
    last = max(numbers)
    if len(numbers) != last or min(numbers) != 1:
        gap = min(set(range(1, last + 1)) - set(numbers), default=0)
        raise ValueError(f'{folder}: {len(numbers)} frames, the last has number {last}; '
                         f'{prefix}{gap:06d}.jpg is missing')
    if COUNT in names:
        with open(os.path.join(folder, COUNT), encoding='utf-8', errors='replace') as file:
            counted = file.read().strip()
        if counted != str(last):
            raise ValueError(f'{folder}: {last} frames, {COUNT} says {counted!r}')
    return last


def write_count(folder: str, count: int) -> None:
    """Write ``frames.txt`` into a folder that is not in use yet."""
    with open(os.path.join(folder, COUNT), 'w', encoding='utf-8') as file:
        file.write(f'{count}\n')
