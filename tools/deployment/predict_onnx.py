"""Labels of images or videos from an exported .onnx: onnxruntime, numpy and pillow or PyAV alone."""
import argparse
import json
import os
import sys

import numpy as np

MOST_PIXELS = 100_000_000
LONGEST_SIDE = 4096  # pixels, or frames, that a model may ask for


def resize(x, size):
    """(T, H, W, 3) -> bilinear to height and width, with half-pixel centres and no antialiasing."""
    for axis, new in enumerate(size, 1):
        last = x.shape[axis] - 1
        at = np.clip((np.arange(new) + 0.5) * (last + 1) / new - 0.5, 0, last)
        low, part = at.astype(int), (at % 1).reshape([-1 if i == axis else 1 for i in range(4)])
        x = x.take(low, axis) * (1 - part) + x.take(np.minimum(low + 1, last), axis) * part
    return np.round(x)


def read_image(path):
    """RGB (H, W, 3) of 0..255; 16 bits a channel are divided by 256, what has no agreed range is refused."""
    from PIL import Image, ImageOps
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # PIL refuses twice as many
    image = Image.open(path)
    if image.mode.startswith('I;16'):
        grey = np.array(ImageOps.exif_transpose(image)).astype(np.uint16) >> 8
        return grey[..., None].repeat(3, 2)
    if image.mode not in ('1', 'L', 'LA', 'P', 'PA', 'RGB', 'RGBA', 'RGBX', 'CMYK', 'YCbCr'):
        raise ValueError(f'its pixels are of mode {image.mode}: save it with 8 or 16 bits a channel')
    if image.format == 'TIFF' and 'A' in image.mode:
        raise ValueError('a TIFF with an alpha channel: save it without')
    return np.asarray(ImageOps.exif_transpose(image).convert('RGB'))


def upright(frame):
    """RGB (H, W, 3) of a frame, turned and mirrored as the file says."""
    image = frame.to_ndarray(format='rgb24')
    matrix = next((np.frombuffer(bytes(s), '<i4') for s in frame.side_data if s.type.name == 'DISPLAYMATRIX'), None)
    if matrix is None:
        return image
    a, b, c, d = matrix[[0, 1, 3, 4]]  # the pixel in column p and row q goes to column a p + c q and row b p + d q
    if abs(b) > abs(a):
        image, a, d = image.transpose(1, 0, 2), c, b
    return image[::-1 if d < 0 else 1, ::-1 if a < 0 else 1]


def decoded(path):
    """PyAV's frames; a size that no video has is refused before memory is taken."""
    import av
    with av.open(path) as file:
        codec = file.streams.video[0].codec_context
        if codec.width * codec.height > MOST_PIXELS:
            raise ValueError(f'its frames have {codec.width} x {codec.height} pixels')
        codec.options = {'max_pixels': str(MOST_PIXELS)}  # the size may change on the way
        yield from file.decode(video=0)


def read_video(path, count):
    """RGB (T, H, W, 3): what a player shows in the middle of each of ``count`` segments, see docs/video_input.md."""
    # no frame is kept: a minute of video has gigabytes
    shown = [(f.time, float((f.duration or 0) * f.time_base)) for f in decoded(path)]
    n, times = len(shown), np.sort([time for time, _ in shown])
    last = shown[-1][1] or (np.median(np.diff(times)) if n > 1 else 1)
    middles = times[0] + (np.arange(n) + .5) * (times[-1] + last - times[0]) / n
    slots = np.searchsorted(times, middles, side='right') - 1
    slots = slots if abs(slots - np.arange(n)).max() > 1 else np.arange(n)  # a constant rate, give or take a frame
    wanted = slots[[int(n / count * (i + .5)) for i in range(count)]]
    found = {i: upright(f) for i, f in enumerate(decoded(path)) if i in set(wanted)}
    return np.stack([found[i] for i in wanted])


def read(path, how):
    """A file -> network input (1, 3, [T,] H, W)."""
    if not os.path.isfile(path):  # a FIFO would be waited for
        raise ValueError('it is missing, or no regular file')
    video, size = how['kind'] == 'video', how['resize']
    x = read_video(path, how['frames']) if video else read_image(path)[None]
    if isinstance(size, int):  # of the short side; mmaction2 rounds the other one, mmpretrain cuts it off
        short = min(x.shape[1:3])
        size = [int(n * (size / short) + 0.5) if video else int(size * n / short) for n in x.shape[2:0:-1]]
    x = resize(x.astype(np.float32), size[::-1]) if size else x
    for axis, new in enumerate((how['crop'] or [])[::-1], 1):
        free = max(x.shape[axis] - new, 0)
        x = x.take(range(free // 2 if video else round(free / 2), x.shape[axis])[:new], axis)
    x = ((x[..., ::1 if how['channels'] == 'rgb' else -1] - how['mean']) / how['std']).transpose(3, 0, 1, 2)
    return (x if video else x[:, 0])[None].astype(np.float32)


def is_number(value, low=-np.inf, high=np.inf):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value) and low <= value <= high


def is_side(value):
    return isinstance(value, int) and is_number(value, 1, LONGEST_SIDE)


def are(test, value, length):
    return isinstance(value, list) and len(value) == length and all(map(test, value))


def check(classes, thresholds, how):
    """Refuse what tools/deployment/export.py does not write into a model."""
    how = how if isinstance(how, dict) else {}
    size, crop = how.get('resize', ''), how.get('crop', '')
    tests = dict(
        classes=isinstance(classes, list) and classes != [] and all(isinstance(name, str) for name in classes),
        thresholds=are(lambda value: is_number(value, 0, 1), thresholds, len(classes)
                       if isinstance(classes, list) else 0),
        kind=how.get('kind') in ('image', 'video'), channels=how.get('channels') in ('rgb', 'bgr'),
        resize=size is None or is_side(size) or are(is_side, size, 2), crop=crop is None or are(is_side, crop, 2),
        mean=are(is_number, how.get('mean'), 3), std=are(lambda value: is_number(value) and value > 0, how.get('std'), 3),
        frames=how.get('kind') != 'video' or is_side(how.get('frames')))
    wrong = [key for key, right in tests.items() if not right]
    if wrong:
        raise ValueError(f'its {" and ".join(wrong)} cannot be used')


def fail(sentence):
    """End with a sentence."""
    print(f'error: {sentence}', file=sys.stderr)
    sys.exit(2)


def first_line(error):
    return (str(error).splitlines() or [type(error).__name__])[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('model', help='.onnx that tools/deployment/export.py wrote')
    parser.add_argument('inputs', nargs='+', help='images, or videos for a video model')
    args = parser.parse_args()
    if hasattr(sys.stdout, 'reconfigure'):  # names of files may hold what the terminal's encoding does not
        sys.stdout.reconfigure(errors='backslashreplace')
    try:
        import onnxruntime  # after the arguments, so that --help needs nothing
    except ImportError as error:
        fail(f'onnxruntime cannot be imported ({error}): pip install onnxruntime')
    try:
        if not os.path.isfile(args.model):
            raise ValueError('it is missing, or no regular file')
        session = onnxruntime.InferenceSession(args.model, providers=['CPUExecutionProvider'])
        meta = {k: json.loads(v) for k, v in session.get_modelmeta().custom_metadata_map.items()}
        how, classes, thresholds = (meta[key] for key in ('preprocessing', 'classes', 'thresholds'))
        check(classes, thresholds, how)
    except Exception as error:
        fail(f'{args.model} is no exported model ({first_line(error)})')
    failed = 0
    for path in args.inputs:
        try:
            scores = session.run(None, {'input': read(path, how)})[0][0]
            if len(scores) != len(classes) or not np.isfinite(scores).all():
                raise ValueError('the model gives NaN, or another number of scores than it has classes')
        except Exception as error:  # each reader raises kinds of its own
            failed += 1
            print(f'error: {path}: cannot be read as {args.model} asks ({first_line(error)})',
                  file=sys.stderr)
            continue
        found = [(s, c) for s, c, t in zip(scores, classes, thresholds) if s >= t]
        print(path, ', '.join(f'{c} {s:.3f}' for s, c in sorted(found, reverse=True)) or 'no label')
    sys.exit(f'{failed} of {len(args.inputs)} inputs failed' if failed else 0)


if __name__ == '__main__':
    main()
