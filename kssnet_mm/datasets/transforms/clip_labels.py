"""Labels of the sampled clip instead of the whole video."""
import numpy as np
import torch
from mmcv.transforms import BaseTransform

from kssnet_mm.datasets.frame_folders import read_times
from kssnet_mm.registry import TRANSFORMS


@TRANSFORMS.register_module()
class ClipLabels(BaseTransform):
    """Keep the actions that overlap in time with the frames that ``SampleFrames`` chose.

    A frame is shown until the next one is: of videos as their time stamps say, of extracted frames as their
    folder's ``frames.txt`` says, else frame k (from 0) from k / fps until (k + 1) / fps. A clip covers
    the time from the begin of its first frame to the end of its last, with what lies between its frames, as
    PySlowFast counts.
    An action from ``start`` to ``end`` overlaps [begin, stop) if ``start < stop`` and ``end > begin``: touching
    is not overlapping. An action without duration (``end <= start``) is the instant ``start`` and overlaps
    if ``begin <= start < stop``. Of several clips the labels are united; with one-frame segments only
    what is going on in a sampled frame counts. A clip without any action has no label.

    Place it right after ``SampleFrames``.

    Required keys: ``frame_inds``, ``clip_len``, ``start_index``, ``actions`` (A x 3: class index, start and
    end in seconds), ``label`` (N); of videos ``frame_spans``, which ``SequentialVideoInit`` adds; of extracted
    frames ``avg_fps``, else ``total_frames`` and ``length`` in seconds. Changed keys: ``label``, float32 (N,)
    of 0 and 1.
    """

    def transform(self, results: dict) -> dict:
        """Set the label.

        Raises:
            ValueError: The actions or the frames' times are missing.
        """
        if 'actions' not in results:
            raise ValueError("ClipLabels needs the actions' times: set label_level='clip' in the data set")
        clips = np.asarray(results['frame_inds']).reshape(-1, results['clip_len']) - results['start_index']
        first, last = clips.min(axis=1), clips.max(axis=1)
        spans = results.get('frame_spans')
        if spans is None and results.get('frame_dir'):
            spans = read_times(results['frame_dir'])
        if spans is not None:
            begin, stop = spans[first, 0], spans[last, 1]
        else:
            fps = self._fps(results)
            begin, stop = first / fps, (last + 1) / fps
        begin, stop = begin[:, None], stop[:, None]
        index, start, end = np.asarray(results['actions'], dtype=np.float64).reshape(-1, 3).T
        instant = end <= start
        held = (start < stop) & np.where(instant, begin <= start, begin < end)
        label = torch.zeros(len(results['label']))
        label[index[held.any(axis=0)].astype(np.int64)] = 1.
        results['label'] = label
        return results

    @staticmethod
    def _fps(results: dict) -> float:
        """The rate at which frames were extracted, which is the same for all of them."""
        name = results.get('video_id', results.get('filename'))
        if 'filename' in results:
            raise ValueError(f"ClipLabels needs the times of the frames of {name!r}, not an average rate: put "
                             'SequentialVideoInit and SequentialVideoDecode in the place of the pipeline\'s readers')
        if results.get('avg_fps'):
            return float(results['avg_fps'])
        if results.get('total_frames') and results.get('length'):
            return results['total_frames'] / results['length']
        raise ValueError(f'ClipLabels needs avg_fps, or total_frames and length in seconds, of {name!r}')
