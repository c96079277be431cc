"""Draw a prediction onto what it was made from."""
import mmcv
import numpy as np

from kssnet_mm.datasets.video import VIDEO_ENDINGS, read_frames, read_index
from kssnet_mm.visualization.predictions import draw_predictions

from .inferencer import Prediction


def draw_prediction(prediction: Prediction, out_path: str, num_frames: int = 5) -> None:
    """Write a picture of one prediction.

    Args:
        prediction: What the inferencer gave.
        out_path: The picture to write.
        num_frames: Frames of a video that are shown, evenly spaced.
    """
    # The lowest score that was still predicted: with thresholds by class there is no single number.
    thr = float(min((prediction.scores[i] for i in prediction.labels), default=1.0))
    if prediction.path.lower().endswith(VIDEO_ENDINGS):
        index = read_index(prediction.path)
        slots = index.slots()
        picked = slots[np.linspace(0, len(slots) - 1, num_frames).round().astype(int)]
        frames = list(read_frames(prediction.path, index, picked))
    else:
        frames = [mmcv.imread(prediction.path, channel_order='rgb')]
    draw_predictions(frames, prediction.classes, prediction.scores, thr, out_path)
