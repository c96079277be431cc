"""Samples per second of a config's training data by number of loader workers, in turns."""
import argparse
import csv
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Dict

import cv2
import numpy as np
from mmengine.config import Config, DictAction
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from video_input import write_clip, write_h264


def write_coco(root: Path, images: int) -> Dict[str, object]:
    """JPEGs of 640 x 480, most photographs' size in COCO, and annotations; the options that read them."""
    (root / 'images').mkdir()
    rng = np.random.default_rng(0)
    for i in range(1, images + 1):
        noise = rng.normal(120, 60, (480, 640, 3)).astype(np.float32)
        # blurred and plain noise: about the 150 KB that a photograph of this size has
        picture = np.clip(.6 * cv2.GaussianBlur(noise, (0, 0), 2) + .4 * noise, 0, 255).astype(np.uint8)
        cv2.imwrite(str(root / f'images/{i:012d}.jpg'), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
    (root / 'instances.json').write_text(json.dumps(dict(
        images=[dict(id=i, file_name=f'{i:012d}.jpg', width=640, height=480) for i in range(1, images + 1)],
        annotations=[dict(id=i, image_id=i, category_id=1, bbox=[0, 0, 9, 9], area=81, iscrowd=0)
                     for i in range(1, images + 1)],
        categories=[dict(id=k, name=f'class {k}') for k in range(1, 81)])))
    return dict(data_root=str(root), ann_file='instances.json', data_prefix='images/')


def write_charades(root: Path, videos: int) -> Dict[str, object]:
    """Clips of 30 s, 854 x 480, H.264 where PyAV is installed, else mpeg4; the options that read them."""
    write_clip(root / 'clip.avi', 720)
    if not write_h264(root / 'clip.mp4', root / 'clip.avi'):
        (root / 'clip.avi').rename(root / 'clip.mp4')
    (root / 'videos').mkdir()
    with open(root / 'train.csv', 'w', newline='', encoding='utf-8') as file:
        writer = csv.DictWriter(file, ['id', 'actions', 'length'])
        writer.writeheader()
        for i in range(videos):
            (root / f'videos/V{i:04d}.mp4').symlink_to(root / 'clip.mp4')
            writer.writerow(dict(id=f'V{i:04d}', actions='c000 0.0 9.0', length='30.0'))
    (root / 'classes.txt').write_text(''.join(f'c{k:03d} Action {k}\n' for k in range(157)))
    return dict(data_root=str(root), ann_file='train.csv', class_file='classes.txt', data_prefix=dict(video='videos'))


def measure(cfg: Config, workers: list, epochs: int) -> None:
    """Print the rate of every number of workers."""
    init_default_scope(cfg.default_scope)
    ways = [(count, persistent) for count in workers for persistent in ((False, True) if count else (False, ))]
    loaders = {way: Runner.build_dataloader(dict(cfg.train_dataloader, num_workers=way[0],
                                                 persistent_workers=way[1]), seed=0) for way in ways}
    rates = {way: [] for way in ways}
    for epoch in range(epochs):
        for way, loader in loaders.items():
            begin = time.perf_counter()
            count = sum(len(batch['inputs']) for batch in loader)
            if epoch:
                rates[way].append(count / (time.perf_counter() - begin))
    base = statistics.median(rates[ways[0]])
    for (count, persistent), values in rates.items():
        rate = statistics.median(values)
        print(f'{count} workers, persistent_workers={persistent}: {rate:.1f} samples/s, {rate / base:.2f} x')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('--workers', type=int, nargs='+', default=[0, 1, 2, 4])
    parser.add_argument('--epochs', type=int, default=3, help='of each way; the first is left out')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    parser.add_argument('--generate', type=int, metavar='N',
                        help='load N generated samples of the real data\'s size (COCO and Charades configs)')
    args = parser.parse_args()
    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options or {})
    with tempfile.TemporaryDirectory() as folder:
        if args.generate:
            dataset = cfg.train_dataloader.dataset
            write = write_coco if dataset.type == 'CocoMultiLabel' else write_charades
            dataset.update(write(Path(folder), args.generate))
        measure(cfg, args.workers, args.epochs)


if __name__ == '__main__':
    main()
