"""Labels of images or videos from an exported .onnx: onnxruntime, numpy and pillow or decord alone."""
import json
import sys

import numpy as np
import onnxruntime


def resize(x, size):
    """(T, H, W, 3) -> bilinear to height and width, with half-pixel centres and no antialiasing."""
    for axis, new in enumerate(size, 1):
        last = x.shape[axis] - 1
        at = np.clip((np.arange(new) + 0.5) * (last + 1) / new - 0.5, 0, last)
        low, part = at.astype(int), (at % 1).reshape([-1 if i == axis else 1 for i in range(4)])
        x = x.take(low, axis) * (1 - part) + x.take(np.minimum(low + 1, last), axis) * part
    return np.round(x)


def read(path, how):
    """A file -> network input (1, 3, [T,] H, W)."""
    video, size = how['kind'] == 'video', how['resize']
    if video:
        from decord import VideoReader
        reader = VideoReader(path)
        step = len(reader) / how['frames']
        x = reader.get_batch([int(step * i + step / 2) for i in range(how['frames'])]).asnumpy()
    else:
        from PIL import Image, ImageOps
        x = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert('RGB'))[None]
    if isinstance(size, int):  # of the short side; mmaction2 rounds the other one, mmpretrain cuts it off
        short = min(x.shape[1:3])
        size = [int(n * (size / short) + 0.5) if video else int(size * n / short) for n in x.shape[2:0:-1]]
    x = resize(x.astype(np.float32), size[::-1]) if size else x
    for axis, new in enumerate((how['crop'] or [])[::-1], 1):
        free = max(x.shape[axis] - new, 0)
        x = x.take(range(free // 2 if video else round(free / 2), x.shape[axis])[:new], axis)
    x = ((x[..., ::1 if how['channels'] == 'rgb' else -1] - how['mean']) / how['std']).transpose(3, 0, 1, 2)
    return (x if video else x[:, 0])[None].astype(np.float32)


session = onnxruntime.InferenceSession(sys.argv[1], providers=['CPUExecutionProvider'])
meta = {k: json.loads(v) for k, v in session.get_modelmeta().custom_metadata_map.items()}
for path in sys.argv[2:]:
    scores = session.run(None, {'input': read(path, meta['preprocessing'])})[0][0]
    found = [(s, c) for s, c, t in zip(scores, meta['classes'], meta['thresholds']) if s >= t]
    print(path, ', '.join(f'{c} {s:.3f}' for s, c in sorted(found, reverse=True)) or 'no label')
