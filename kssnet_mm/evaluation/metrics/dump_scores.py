"""Write test scores to files."""
import warnings
from typing import Dict, List, Optional, Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from kssnet_mm.evaluation.functional import (ScoreFile, check_submission_ids, write_score_file,
                                             write_submission)
from kssnet_mm.registry import METRICS

from .sample_ids import SampleName, sample_name, unique_ids
from .samples import columns, scores_and_targets


@METRICS.register_module()
class DumpScores(BaseMetric):
    """Writes scores, targets, classes and ids to files; it reports no number.

    A sample's id is the ``video_id`` or ``img_id`` of its annotations, else its file's name without folder
    and ending; where two files share a name all of them go by their paths.

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
        """Keep each sample's name, scores and targets.

        Raises:
            ValueError: A sample lacks one of them, or a submission cannot hold its id.
        """
        for sample in data_samples:
            name = sample_name(sample)
            if self.submission_file is not None:  # a fault is reported now and not after an hour of testing
                check_submission_ids(unique_ids([name]))
            self.results.append((*name, *scores_and_targets(sample)))

    def compute_metrics(self, results: List[tuple]) -> Dict[str, float]:
        """Write the files; returns nothing.

        Raises:
            ValueError: There is no sample, or ids are equal and a submission is to be written.
        """
        # names are kept as plain tuples, which mmengine gathers from all processes
        given, paths, scores, targets = columns(results)
        names, scores = list(map(SampleName, given, paths)), np.stack(scores)
        try:
            ids, fault = unique_ids(names), None
        except ValueError as error:
            ids, fault = None, error
        if self.out_file is not None:
            if ids is None:
                warnings.warn(f'{self.out_file} holds no ids: {fault}')
            classes = (self.dataset_meta or {}).get('classes')
            write_score_file(self.out_file, ScoreFile(
                scores, np.stack(targets), None if classes is None else list(classes), ids))
        if self.submission_file is not None:
            if ids is None:
                raise ValueError(f'{self.submission_file} cannot be written: {fault}')
            write_submission(self.submission_file, ids, scores)
        return {}
