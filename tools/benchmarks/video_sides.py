"""What ``video_input.py`` times: clips, pipelines that read them, and decoding alone."""
import statistics
import sys
from functools import partial
from pathlib import Path
from typing import Sequence

import cv2
import numpy as np
from mmengine.dataset import Compose
from timing import interleaved, paired_ratio

from kssnet_mm.datasets.extract import Settings, extract_video
from kssnet_mm.datasets.frame_folders import read_folder
from kssnet_mm.datasets.video.read_index import forget_indexes

SIZE = (854, 480)
RESIZE = dict(type='mmaction.Resize', scale=(-1, 256))
FINISH = [dict(type='mmaction.CenterCrop', crop_size=224), dict(type='mmaction.FormatShape', input_format='NCTHW')]


def write_clip(path: Path, frames: int) -> None:
    """An mpeg4 clip of a moving texture; OpenCV's wheels have no H.264 encoder."""
    rng = np.random.default_rng(0)
    texture = cv2.GaussianBlur(rng.normal(120, 400, (700, 1100, 3)).astype(np.float32), (0, 0), 3)
    texture = np.clip(texture, 0, 255).astype(np.uint8)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'mp4v'), 24, SIZE)
    for i in range(frames):
        y, x = i * 200 // frames, i * 240 // frames
        writer.write(np.ascontiguousarray(texture[y:y + SIZE[1], x:x + SIZE[0]]))
    writer.release()


def write_h264(path: Path, source: Path) -> bool:
    """The same pictures as H.264 with a keyframe every 250; needs PyAV, which brings its encoder."""
    try:
        import av
    except ImportError:
        print('PyAV is not installed: no H.264 clip is timed')
        return False
    capture = cv2.VideoCapture(str(source))
    with av.open(str(path), 'w') as container:
        stream = container.add_stream('libx264', rate=24, options=dict(g='250', crf='23'))
        stream.width, stream.height, stream.pix_fmt = *SIZE, 'yuv420p'
        while True:
            ok, image = capture.read()
            if not ok:
                break
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format='bgr24')))
        container.mux(stream.encode())
    return True


def decode_alone(path: Path, threads: int) -> None:
    """Decode every frame and convert none: what no exact reader can be faster than."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, threads])
    while capture.grab():
        pass
    capture.release()


def decode_by_torchcodec(path: Path, wanted: Sequence[int], threads: int):
    """The wanted frames alone, without what the pipelines do to them; None where torchcodec cannot give them.

    torchcodec is no dependency: it needs FFmpeg's libraries, and each version needs its own version of torch.
    """
    try:
        from torchcodec.decoders import VideoDecoder
        return VideoDecoder(str(path), num_ffmpeg_threads=threads).get_frames_at(list(map(int, wanted))).data
    except (ImportError, RuntimeError, IndexError):
        return None


def pipelines(sample: dict, threads: int) -> dict:
    """Each way to read 64 frames of a video, by name."""
    ours = dict(type='SequentialVideoDecode', num_threads=threads)
    stock = dict(type='mmaction.DecordInit', num_threads=threads), sample, dict(type='mmaction.DecordDecode')
    ways = dict(stock=stock,
                pyav=[dict(type='SequentialVideoInit'), sample, ours],
                decord=[dict(type='SequentialVideoInit'), sample, dict(ours, backend='decord')],
                # the resize enlarges what is smaller than 256; other frames have that size and stay
                frames=[sample, dict(type='mmaction.RawFrameDecode')])
    return {name: Compose([*steps, RESIZE, *FINISH]) for name, steps in ways.items()}


def time_one(path: Path, kind: str, sample: dict, temporary: Path, args) -> None:
    """Print the ratios of one video."""
    result = extract_video(path, temporary / 'frames', Settings())
    if result.error:
        sys.exit(result.error)
    video = dict(filename=str(path), start_index=0, modality='RGB')
    folder = read_folder(str(temporary / 'frames' / path.stem), path.stem)
    raw = dict(frame_dir=str(temporary / 'frames' / path.stem), total_frames=folder.count, modality='RGB',
               filename_tmpl=folder.template, start_index=folder.start)
    ways = pipelines(sample, args.threads)

    def read(name: str):
        forget_indexes()  # each video is read once an epoch
        return ways[name](dict(raw if name == 'frames' else video))['imgs']

    sides = {name: partial(read, name) for name in ways}
    sides['decoding alone'] = partial(decode_alone, path, args.threads)
    wanted = Compose([dict(type='SequentialVideoInit'), sample])(dict(video))['frame_inds']
    if decode_by_torchcodec(path, wanted, args.threads) is not None:
        sides['torchcodec, frames alone'] = partial(decode_by_torchcodec, path, wanted, args.threads)
    stock = read('stock')
    same = [name for name in ('pyav', 'decord') if np.array_equal(stock, read(name))]
    times = interleaved(sides, args.repeat, warmup=0)
    ratios = ', '.join(f'{name} {paired_ratio(times, "stock", name):.2f} x' for name in sides if name != 'stock')
    seconds = statistics.median(times['stock'])
    print(f'{path.name}, 64 frames of {folder.count} as {kind}: stock {seconds:.3f} s; {ratios} '
          f'(pixels of stock: {", ".join(same) or "neither"})', flush=True)
