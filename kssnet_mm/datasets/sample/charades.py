"""A small Charades: videos of things being held, carried, opened and thrown, and the csv files."""
import csv
import io
import os
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import cv2
import numpy as np

from kssnet_mm.utils.io import write_atomically
from .glyphs import paste

SIDE, FPS, SECONDS = 96, 24, 2.0
OBJECTS = ('None', 'cup', 'door', 'book', 'ball', 'laptop')
VERBS = ('hold', 'carry', 'open', 'throw', 'walk')
# class name -> (object, verb)
CLASSES: Dict[str, Tuple[str, str]] = {
    'Holding a cup': ('cup', 'hold'), 'Carrying a cup': ('cup', 'carry'),
    'Opening a door': ('door', 'open'), 'Walking through the room': ('None', 'walk'),
    'Holding a book': ('book', 'hold'), 'Opening a book': ('book', 'open'),
    'Carrying a book': ('book', 'carry'), 'Holding a ball': ('ball', 'hold'),
    'Throwing a ball': ('ball', 'throw'), 'Opening a laptop': ('laptop', 'open'),
    'Holding a laptop': ('laptop', 'hold'), 'Throwing a book': ('book', 'throw'),
}
THEMES: Dict[str, Dict[str, float]] = {
    'kitchen': {'Holding a cup': .85, 'Carrying a cup': .85, 'Opening a door': .5},
    'study': {'Holding a book': .8, 'Opening a book': .85, 'Opening a laptop': .8,
              'Holding a laptop': .5},
    'play': {'Holding a ball': .8, 'Throwing a ball': .9, 'Walking through the room': .6},
    'moving': {'Carrying a book': .85, 'Walking through the room': .8, 'Opening a door': .8,
               'Throwing a book': .5},
}

STRAY = 0.12  # how likely an action of another theme is


def code(name: str) -> str:
    """``c003`` of a class name."""
    return f'c{list(CLASSES).index(name):03d}'


def position(verb: str, t: float, x: float, y: float, size: float) -> tuple:
    """Centre and size of a moving thing at time t in 0..1."""
    if verb == 'hold':
        return x, y + 2 * np.sin(12 * t), size
    if verb in ('carry', 'walk'):
        return (x + (t - 0.5) * 0.8 * SIDE) % SIDE, y, size
    if verb == 'open':
        return x, y, size * (0.4 + 0.9 * t)
    return x + (t - 0.5) * 0.5 * SIDE, y - 30 * np.sin(np.pi * t), size  # throw


def draw_video(rng: np.random.Generator) -> tuple:
    """Frames uint8 RGB (48, 96, 96, 3) and a list of (class name, start, end) in seconds."""
    theme = THEMES[str(rng.choice(list(THEMES)))]
    names = [name for name, chance in theme.items() if rng.random() < chance]
    if rng.random() < STRAY:
        names.append(str(rng.choice([name for name in CLASSES if name not in names])))
    count = int(FPS * SECONDS)
    background = np.full((SIDE, SIDE, 3), rng.uniform(70, 180, 3), dtype=np.float32)
    background += cv2.resize(rng.normal(0, 20, (5, 5, 3)).astype(np.float32), (SIDE, SIDE),
                             interpolation=cv2.INTER_CUBIC)
    frames = np.repeat(background[None], count, axis=0)
    actions = []
    for name in names:
        thing, verb = CLASSES[name]
        thing = 'person' if thing == 'None' else thing
        hard = rng.random() < 0.45
        size = rng.uniform(16, 22) if hard and rng.random() < 0.5 else rng.uniform(28, 40)
        alpha = rng.uniform(0.25, 0.45) if hard else rng.uniform(0.85, 1.0)
        x, y = rng.uniform(20, SIDE - 20, 2)
        tint = rng.normal(0, 12)
        first = int(rng.integers(0, count // 4))
        last = int(rng.integers(3 * count // 4, count))
        for frame in range(first, last):
            t = (frame - first) / (last - first)
            paste(frames[frame], thing, *position(verb, t, x, y, size), alpha, tint)
        actions.append((name, first / FPS, last / FPS))
    frames += rng.normal(0, 6, (1, SIDE, SIDE, 3))
    return np.clip(frames, 0, 255).astype(np.uint8), actions


def write_video(path: Path, frames: np.ndarray) -> None:
    """Write RGB frames as mpeg4, under a temporary name first.

    Raises:
        RuntimeError: This build of OpenCV cannot encode mp4.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f'.{os.getpid()}.{path.name}')
    writer = cv2.VideoWriter(str(temporary), cv2.VideoWriter_fourcc(*'mp4v'), FPS, (SIDE, SIDE))
    if not writer.isOpened():
        raise RuntimeError('this build of OpenCV cannot write mp4 (mp4v): install opencv-python')
    for frame in frames:
        writer.write(np.ascontiguousarray(frame[..., ::-1]))
    writer.release()
    os.replace(temporary, path)


def write_class_files(root: Path) -> None:
    """The class, mapping, object and verb files."""
    files: Dict[str, List[str]] = dict(
        classes=[f'{code(name)} {name}' for name in CLASSES],
        mapping=[f'{code(name)} o{OBJECTS.index(thing):03d} v{VERBS.index(verb):03d}'
                 for name, (thing, verb) in CLASSES.items()],
        objectclasses=[f'o{i:03d} {name}' for i, name in enumerate(OBJECTS)],
        verbclasses=[f'v{i:03d} {name}' for i, name in enumerate(VERBS)])
    for name, lines in files.items():
        write_atomically(root / f'Charades_v1_{name}.txt', ('\n'.join(lines) + '\n').encode())


def write_split(root: Path, split: str, count: int, seed: int) -> Iterator[int]:
    """Write one split's videos and its csv file; yields after every video."""
    columns = ('id', 'subject', 'scene', 'quality', 'relevance', 'verified', 'script', 'objects',
               'descriptions', 'actions', 'length')
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator='\n')
    writer.writeheader()
    for number in range(count):
        frames, actions = draw_video(np.random.default_rng([seed, 7 + len(split), number]))
        name = f'{"T" if split == "train" else "V"}{number:04d}'
        write_video(root / 'videos' / f'{name}.mp4', frames)
        things = sorted({CLASSES[action][0] for action, _, _ in actions} - {'None'})
        writer.writerow(dict(
            id=name, subject='drawn', scene='Room', quality=7, relevance=7, verified='Yes',
            script='A drawn scene.', objects=';'.join(things), descriptions='',
            actions=';'.join(f'{code(a)} {start:.2f} {end:.2f}' for a, start, end in actions),
            length=f'{SECONDS:.2f}'))
        yield number
    write_atomically(root / f'Charades_v1_{split}.csv', text.getvalue().encode('utf-8'))
