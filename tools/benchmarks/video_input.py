"""Time the Charades test pipeline: mmaction2's stock decoding, ours, and extracted frames."""
import argparse
import statistics
import tempfile
from pathlib import Path

import cv2
import numpy as np
from mmengine.dataset import Compose
from timing import interleaved, paired_ratio

import kssnet_mm  # noqa: F401
from kssnet_mm.datasets.extract import Settings, extract_video

SIZE = (854, 480)
SAMPLE = dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=64, test_mode=True)
RESIZE = dict(type='mmaction.Resize', scale=(-1, 256))
FINISH = [dict(type='mmaction.CenterCrop', crop_size=224), dict(type='SegmentsToClip'),
          dict(type='mmaction.FormatShape', input_format='NCTHW')]


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('videos', nargs='*', help='files beside the generated clip')
    parser.add_argument('--frames', type=int, default=720)
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--threads', type=int, default=1, help='of the decoder, both sides')
    args = parser.parse_args()
    cv2.setNumThreads(1)
    stock = Compose([dict(type='mmaction.DecordInit', num_threads=args.threads), SAMPLE,
                     dict(type='mmaction.DecordDecode'), RESIZE, *FINISH])
    ours = Compose([dict(type='SequentialVideoInit'), SAMPLE,
                    dict(type='SequentialVideoDecode', num_threads=args.threads), RESIZE, *FINISH])
    # the resize enlarges what is smaller than 256; other frames have that size and stay
    frames = Compose([SAMPLE, dict(type='mmaction.RawFrameDecode'), RESIZE, *FINISH])
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_clip(root / 'mpeg4.mp4', args.frames)
        clips = [root / 'mpeg4.mp4']
        if write_h264(root / 'h264.mp4', clips[0]):
            clips.append(root / 'h264.mp4')
        for path in [*clips, *map(Path, args.videos)]:
            count, error = extract_video(path, root / 'frames', Settings())[1:3]
            if error:
                parser.error(error)
            video = dict(filename=str(path), start_index=0, modality='RGB')
            raw = dict(frame_dir=str(root / 'frames' / path.stem), total_frames=count, start_index=1, modality='RGB',
                       filename_tmpl=f'{path.stem}-{{:06d}}.jpg')
            sides = {'stock': lambda: stock(dict(video))['imgs'], 'ours': lambda: ours(dict(video))['imgs'],
                     'frames': lambda: frames(dict(raw)), 'decoding alone': lambda: decode_alone(path, args.threads)}
            same = np.array_equal(sides['stock'](), sides['ours']())
            times = interleaved(sides, args.repeat, warmup=0)
            print(f'{path.name}: {count} frames; pixels equal: {same}; ' + '; '.join(
                f'{name} {statistics.median(times[name]):.3f} s = {paired_ratio(times, "stock", name):.2f} x'
                for name in sides), flush=True)


if __name__ == '__main__':
    main()
