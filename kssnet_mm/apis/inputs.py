"""What a user may give to predict on, as a list of single inputs."""
import glob
import os
import os.path as osp
from dataclasses import dataclass
from typing import Any, List

import numpy as np
from PIL import Image

from kssnet_mm.datasets.video import VIDEO_ENDINGS

IMAGE_ENDINGS = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff')


@dataclass
class Source:
    """One image or one video.

    Attributes:
        id: The path, or ``'#0'``, ``'#1'``, ... by the place among the inputs.
        content: A path; or a picture, or the list of a video's pictures, each an array or a PIL image.
        fault: Why nothing can be predicted on it; empty where nothing is known against it.
    """
    id: str
    content: Any
    fault: str = ''


def is_picture(item: Any) -> bool:
    """Whether it is one picture in memory."""
    return isinstance(item, Image.Image) or (isinstance(item, np.ndarray) and item.ndim in (2, 3))


def list_sources(inputs: Any, video: bool, recursive: bool = False) -> List[Source]:
    """Every single input in what a user gives.

    Args:
        inputs: A path, a folder, a glob pattern, an array (H, W, 3), a PIL image; for a video model also the list of
            a video's frames or an array (T, H, W, 3); or a list of these.
        video: Whether the model is one of videos.
        recursive: Whether the subfolders of a folder are searched too.

    Returns:
        In their order, files of a folder and of a pattern sorted; what cannot be used comes with its fault.
    """
    many = isinstance(inputs, (list, tuple)) and not (video and inputs and all(map(is_picture, inputs)))
    if isinstance(inputs, np.ndarray) and inputs.ndim == (5 if video else 4):
        many = True
    found: List[Source] = []
    for number, item in enumerate(inputs if many else [inputs]):
        if isinstance(item, (str, os.PathLike)):
            found.extend(_files(os.fspath(item), video, recursive))
        else:
            found.append(_in_memory(f'#{number}', item, video))
    return found


def _in_memory(name: str, item: Any, video: bool) -> Source:
    frames = isinstance(item, (list, tuple)) or (isinstance(item, np.ndarray) and item.ndim == 4)
    if video and is_picture(item):
        return Source(name, item, f'{name}: this model predicts on videos: give the list of the frames')
    if not video and frames:
        return Source(name, item, f'{name}: this model predicts on single images, not on lists of frames')
    if frames and not (len(item) and all(map(is_picture, item))):
        return Source(name, item, f'{name}: a video in memory is a list of arrays (H, W, 3) or PIL images')
    if not frames and not is_picture(item):
        shape = f' of shape {item.shape}' if isinstance(item, np.ndarray) else ''
        return Source(name, item, f'{name}: a {type(item).__name__}{shape} is no input: give a path, an array '
                      '(H, W, 3), a PIL image' + (' or a list of frames' if video else ''))
    return Source(name, list(item) if frames else item)


def _files(path: str, video: bool, recursive: bool) -> List[Source]:
    kind, endings = ('video', VIDEO_ENDINGS) if video else ('image', IMAGE_ENDINGS)
    named = f'{kind} ({" ".join(endings)})'
    if osp.isdir(path):
        found = _of_folder(path, endings, recursive)
        hint = '' if recursive else '; recursive=True (--recursive) looks into its subfolders'
        return found or [Source(path, path, f'{path}: this folder has no {named}{hint}')]
    if osp.isfile(path):
        if path.lower().endswith(endings):
            return [Source(path, path)]
        return [Source(path, path, f'{path}: this model predicts on {kind}s ({" ".join(endings)})')]
    if osp.exists(path):
        return [Source(path, path, f'{path}: it is neither a file nor a folder')]
    if glob.has_magic(path):
        found = [Source(p, p) for p in sorted(glob.glob(path, recursive=True))
                 if p.lower().endswith(endings) and osp.isfile(p)]
        return found or [Source(path, path, f'{path}: this pattern matches no {named}')]
    return [Source(path, path, f'{path}: no such file')]


def _of_folder(path: str, endings: tuple, recursive: bool) -> List[Source]:
    files: List[str] = []
    for folder, _, names in os.walk(path):
        files += [osp.join(folder, name) for name in names if name.lower().endswith(endings)]
        if not recursive:
            break
    return [Source(file, file) for file in sorted(files)]
