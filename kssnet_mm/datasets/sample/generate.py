"""Draw the sample data: a small COCO, a small Charades and what is known about their labels."""
import itertools
import json
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from . import charades, coco, knowledge
from kssnet_mm.utils.io import write_atomically

VERSION = 1  # of the drawings; a change makes old data stale
SIZES = dict(images_train=480, images_val=240, videos_train=200, videos_test=100)


def make_sample_data(out: str, seed: int = 0, sizes: dict = SIZES, progress: bool = True) -> bool:
    """Write the sample data below ``out``; the same seed gives the same bytes.

    Args:
        out: Folder; gets ``coco``, ``charades`` and ``knowledge``.
        seed: Seed.
        sizes: Numbers of images and videos, see ``SIZES``.
        progress: Show a bar.

    Returns:
        False where complete data of the same seed and sizes was there already.
    """
    root = Path(out)
    manifest = root / 'manifest.json'
    wanted = dict(version=VERSION, seed=seed, sizes=dict(sizes))
    if manifest.is_file() and json.loads(manifest.read_text(encoding='utf-8')) == wanted:
        return False
    manifest.unlink(missing_ok=True)
    charades.write_class_files(root / 'charades')
    knowledge.write_knowledge(root / 'knowledge', seed)
    jobs = itertools.chain(
        coco.write_split(root / 'coco', 'train2014', sizes['images_train'], seed),
        coco.write_split(root / 'coco', 'val2014', sizes['images_val'], seed),
        charades.write_split(root / 'charades', 'train', sizes['videos_train'], seed),
        charades.write_split(root / 'charades', 'test', sizes['videos_test'], seed))
    with Progress(console=Console(quiet=not progress), disable=not progress) as bar:
        for _ in bar.track(jobs, total=sum(sizes.values()), description='drawing'):
            pass
    write_atomically(manifest, json.dumps(wanted).encode())
    return True
