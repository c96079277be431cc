"""Decode frames in the order of the file, converting only those that are wanted."""
import numpy as np
from mmcv.transforms import BaseTransform

from kssnet_mm.registry import TRANSFORMS

# Containers whose header holds the exact number of frames; elsewhere it is an estimate.
COUNTED = ('.mp4', '.mov', '.m4v')


@TRANSFORMS.register_module()
class SequentialVideoInit(BaseTransform):
    """Read the number of frames; takes the place of mmaction2's ``DecordInit``.

    The header's count is used where the container has one (``COUNTED``), decord's elsewhere.

    Required keys: ``filename``. Added keys: ``total_frames``, ``avg_fps``, ``video_reader`` (None).
    """

    def transform(self, results: dict) -> dict:
        """Add the keys.

        Raises:
            RuntimeError: The file cannot be opened.
        """
        import cv2
        name = str(results['filename'])
        count, fps = 0, 0.0
        if name.lower().endswith(COUNTED):
            capture = cv2.VideoCapture(name, cv2.CAP_FFMPEG)
            count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
            fps = capture.get(cv2.CAP_PROP_FPS)
            capture.release()
        if count <= 0:
            import decord
            reader = decord.VideoReader(name, num_threads=1)
            count, fps = len(reader), reader.get_avg_fps()
        results.update(total_frames=count, avg_fps=fps, video_reader=None)
        return results


@TRANSFORMS.register_module()
class SequentialVideoDecode(BaseTransform):
    """Exact frames by one pass; takes the place of mmaction2's ``DecordDecode``.

    A frame between two sampled ones must be decoded, but need not be converted to RGB nor copied:
    OpenCV's ``grab`` does the first alone. mmaction2's ``OpenCVDecode`` seeks for every frame instead.
    Where OpenCV cannot reach the last wanted frame, and where the file asks for a rotation, which
    OpenCV 4 does not apply by default, decord reads the file.

    Required keys: ``filename``, ``frame_inds``. Added keys: ``imgs`` (uint8 RGB, H x W x 3 each),
    ``original_shape``, ``img_shape``.

    Args:
        num_threads: Threads of the decoder; 1 where loader workers fill the cores.
    """

    def __init__(self, num_threads: int = 1) -> None:
        if num_threads < 1:
            raise ValueError(f'num_threads must be at least 1, got {num_threads}')
        self.num_threads = num_threads

    def transform(self, results: dict) -> dict:
        """Decode.

        Raises:
            RuntimeError, DECORDError or IndexError: Neither reader delivers the frames.
        """
        wanted = np.asarray(results['frame_inds']).reshape(-1)
        results['frame_inds'] = wanted
        images = self._grab(str(results['filename']), wanted)
        if images is None:
            import decord
            reader = decord.VideoReader(str(results['filename']), num_threads=self.num_threads)
            images = list(reader.get_batch(wanted).asnumpy())
        results['imgs'] = images
        results['original_shape'] = results['img_shape'] = images[0].shape[:2]
        return results

    def _grab(self, name: str, wanted: np.ndarray):
        """List of RGB images in the order of ``wanted``, None where the file ends before."""
        import cv2
        capture = cv2.VideoCapture(
            name, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, self.num_threads])
        if capture.get(cv2.CAP_PROP_ORIENTATION_META):
            return None
        found, needed = {}, set(wanted.tolist())
        for number in range(max(needed) + 1):
            if not capture.grab():
                return None
            if number in needed:
                ok, image = capture.retrieve()
                if not ok:
                    return None
                found[number] = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        capture.release()
        return [found[number] for number in wanted.tolist()]
