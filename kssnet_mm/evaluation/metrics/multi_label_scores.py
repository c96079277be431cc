"""The metric of both frameworks: all protocols over the gathered scores."""
from typing import Dict, List, Optional, Sequence, Union

import numpy as np
from mmengine.evaluator import BaseMetric

from kssnet_mm.evaluation.functional import (per_class_table, read_thresholds, score_protocols,
                                             write_per_class_csv)
from kssnet_mm.registry import FUNCTIONS, METRICS

from .samples import columns, scores_and_targets


@METRICS.register_module()
class MultiLabelScores(BaseMetric):
    """mAP in its forms, CP CR CF1 OP OR OF1 and their top-k forms, as fractions of 1.

    Args:
        thr: Decision threshold on probabilities: a number, a list of one per class, or a json file that
            ``tools/analysis_tools/tune_thresholds.py`` wrote, matched by class name.
        topk: k of the top-k forms; None leaves them out.
        topk_rule: 'mlgcn' (top k and at or above the threshold) or 'exact'.
        empty: Classes without positives: 'drop', 'zero' or 'error'.
        items: Names to report; None: all.
        per_class_csv: Also write the scores of each class to this file.
        per_class_plot: Also draw them, sorted by AP, with the class frequency.
        collect_device: As in mmengine.
        prefix: As in mmengine.

    Raises:
        ValueError: A setting is wrong. Thresholds that do not fit the classes are reported when the data set is set,
            before the first batch.
    """

    default_prefix = ''  # names such as mAP need none

    def __init__(self, thr: Union[float, str, Sequence[float]] = 0.5, topk: Optional[int] = 3,
                 topk_rule: str = 'mlgcn', empty: str = 'drop', items: Optional[Sequence[str]] = None,
                 per_class_csv: Optional[str] = None, per_class_plot: Optional[str] = None,
                 collect_device: str = 'cpu', prefix: Optional[str] = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.thr = read_thresholds(thr)
        self.settings = dict(topk=topk, topk_rule=topk_rule, empty=empty)
        # Two samples check the settings now and not after an epoch.
        self.known = list(score_protocols(np.eye(2), np.eye(2, dtype=np.int8), **self.settings))
        if isinstance(items, str):
            raise ValueError(f'items must be a list of names, got {items!r}: write [{items!r}]')
        unknown = [name for name in items or () if name not in self.known]
        if unknown:
            raise ValueError(f'items {unknown} are not among {self.known}')
        self.items = items
        self.per_class_csv, self.per_class_plot = per_class_csv, per_class_plot

    def names(self) -> List[str]:
        """The names under which mmengine reports the scores."""
        prefix = f'{self.prefix}/' if self.prefix else ''
        return [prefix + name for name in self.known if self.items is None or name in self.items]

    @BaseMetric.dataset_meta.setter
    def dataset_meta(self, dataset_meta: dict) -> None:
        """Set the data set's meta data, with whose classes the thresholds must agree."""
        self._dataset_meta = dataset_meta
        classes = (dataset_meta or {}).get('classes')
        if classes is not None:
            self.thr.for_classes(len(classes), classes)
        elif self.thr.by_name:
            raise ValueError('thr has a threshold a class by its name, and the data set does not name its classes '
                             '(metainfo.classes): give a list of one a class')

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep each sample's scores and targets."""
        self.results.extend(scores_and_targets(sample) for sample in data_samples)

    def compute_metrics(self, results: List[tuple]) -> Dict[str, float]:
        """All protocols over all samples; mmengine has removed those that the sampler repeated.

        Raises:
            ValueError: There is no sample.
        """
        scores, targets = (np.stack(column) for column in columns(results))
        classes = (self.dataset_meta or {}).get('classes')
        thr = self.thr.for_classes(scores.shape[1], classes)
        values = score_protocols(scores, targets, thr=thr, classes=classes, **self.settings)
        if self.per_class_csv or self.per_class_plot:
            names = classes or [str(i) for i in range(scores.shape[1])]
            table = per_class_table(scores, targets, names, thr)
            if self.per_class_csv:
                write_per_class_csv(table, self.per_class_csv)
            if self.per_class_plot:
                # by its name, because evaluation does not import the packages that draw
                FUNCTIONS.get('plot_per_class')(table, self.per_class_plot)
        # float: mmengine's json log writes null for a count
        return {k: float(v) for k, v in values.items() if self.items is None or k in self.items}
