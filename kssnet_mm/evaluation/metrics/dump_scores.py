"""Write test scores to files."""
import os
from typing import Dict, List, Optional, Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from kssnet_mm.evaluation.functional import ScoreFile, write_score_file, write_submission
from kssnet_mm.registry import METRICS

from .samples import scores_and_targets


def sample_id(sample: dict) -> str:
    """The name of a sample: its video's id, or its file's name without folder and ending."""
    if sample.get('video_id'):
        return str(sample['video_id'])
    for key in ('img_path', 'filename', 'frame_dir'):
        if sample.get(key):
            return os.path.splitext(os.path.basename(str(sample[key])))[0]
    return str(sample.get('sample_idx', ''))


@METRICS.register_module()
class DumpScores(BaseMetric):
    """Writes scores, targets, classes and ids; gives no number of its own.

    Args:
        out_file: ``.npz`` of :class:`ScoreFile`.
        submission_file: Charades' submission text, see ``write_submission``.
        collect_device: As in mmengine.
    """

    default_prefix = ''

    def __init__(self, out_file: Optional[str] = None, submission_file: Optional[str] = None,
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device=collect_device)
        if out_file is None and submission_file is None:
            raise ValueError('give out_file or submission_file')
        if out_file is not None and not str(out_file).endswith('.npz'):
            raise ValueError(f'out_file must end in .npz, got {out_file!r}')
        self.out_file, self.submission_file = out_file, submission_file

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep each sample's id, scores and targets."""
        self.results.extend((sample_id(s), *scores_and_targets(s)) for s in data_samples)

    def compute_metrics(self, results: List[tuple]) -> Dict[str, float]:
        """Write the files; returns nothing."""
        ids, scores, targets = zip(*results)
        scores = np.stack(scores)
        if self.out_file is not None:
            classes = (self.dataset_meta or {}).get('classes')
            write_score_file(self.out_file, ScoreFile(
                scores, np.stack(targets), None if classes is None else list(classes), list(ids)))
        if self.submission_file is not None:
            write_submission(self.submission_file, ids, scores)
        return {}
