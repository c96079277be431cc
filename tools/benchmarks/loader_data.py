"""Media of the real data sets' sizes in their formats, for timing how a config's data are loaded."""
import csv
import json
from pathlib import Path
from typing import Dict

import cv2
import numpy as np
from video_input import write_clip, write_h264


def write_coco(root: Path, images: int) -> Dict[str, object]:
    """JPEGs of 640 x 480, most photographs' size in COCO, of a blurred texture; the options that read them."""
    (root / 'images').mkdir()
    rng = np.random.default_rng(0)
    records, boxes = [], []
    for i in range(1, images + 1):
        noise = rng.normal(120, 60, (480, 640, 3)).astype(np.float32)
        # blurred and plain noise: about the 150 KB that a photograph of this size has
        picture = np.clip(.6 * cv2.GaussianBlur(noise, (0, 0), 2) + .4 * noise, 0, 255).astype(np.uint8)
        cv2.imwrite(str(root / f'images/{i:012d}.jpg'), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
        records.append(dict(id=i, file_name=f'{i:012d}.jpg', width=640, height=480))
        boxes.append(dict(id=i, image_id=i, category_id=1, bbox=[0, 0, 9, 9], area=81, iscrowd=0))
    categories = [dict(id=k, name=f'class {k}') for k in range(1, 81)]
    (root / 'instances.json').write_text(json.dumps(dict(images=records, annotations=boxes, categories=categories)))
    return {'data_root': str(root), 'ann_file': 'instances.json', 'data_prefix': 'images/'}


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
    return {'data_root': str(root), 'ann_file': 'train.csv', 'class_file': 'classes.txt',
            'data_prefix': {'video': 'videos'}}
