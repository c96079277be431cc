"""Labels of images or videos from an exported .onnx: onnxruntime, numpy and pillow or decord alone."""
import json
import sys

import numpy as np
import onnxruntime


def resize(frames: np.ndarray, size) -> np.ndarray:
    """(T, H, W, 3) -> bilinear, [w, h] or a short side; half-pixel centres, no antialiasing."""
    h, w = frames.shape[1:3]
    new = size[::-1] if isinstance(size, list) else [round(h * size / min(h, w)), round(w * size / min(h, w))]
    for axis, (old, to) in enumerate(zip((h, w), new), 1):
        at = np.clip((np.arange(to) + 0.5) * old / to - 0.5, 0, old - 1)
        low = np.floor(at).astype(int)
        part = (at - low).reshape([-1 if i == axis else 1 for i in range(4)])
        high = np.minimum(low + 1, old - 1)
        frames = np.take(frames, low, axis) * (1 - part) + np.take(frames, high, axis) * part
    return np.round(frames)


def read(path: str, how: dict) -> np.ndarray:
    """A file -> network input (1, 3, [T,] H, W)."""
    if how['kind'] == 'video':
        from decord import VideoReader
        video = VideoReader(path)
        step = len(video) / how['frames']
        frames = video.get_batch([int(step * i + step / 2) for i in range(how['frames'])]).asnumpy()
    else:
        from PIL import Image
        frames = np.asarray(Image.open(path).convert('RGB'))[None]
    frames = resize(frames.astype(np.float32), how['resize']) if how['resize'] else frames
    if how['crop']:
        y, x = (frames.shape[1] - how['crop']) // 2, (frames.shape[2] - how['crop']) // 2
        frames = frames[:, y:y + how['crop'], x:x + how['crop']]
    x = ((frames - how['mean']) / how['std']).astype(np.float32).transpose(3, 0, 1, 2)[None]
    return x if how['kind'] == 'video' else x[:, :, 0]


session = onnxruntime.InferenceSession(sys.argv[1], providers=['CPUExecutionProvider'])
meta = {k: json.loads(v) for k, v in session.get_modelmeta().custom_metadata_map.items()}
for path in sys.argv[2:]:
    scores = session.run(None, {'input': read(path, meta['preprocessing'])})[0][0]
    found = [(s, c) for s, c, t in zip(scores, meta['classes'], meta['thresholds']) if s >= t]
    print(path, ', '.join(f'{c} {s:.3f}' for s, c in sorted(found, reverse=True)) or 'no label')
