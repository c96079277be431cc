"""The metric of both frameworks: all protocols over the gathered scores."""
from typing import Dict, List, Optional, Sequence

import numpy as np
from mmengine.evaluator import BaseMetric

from kssnet_mm.evaluation.functional import score_protocols
from kssnet_mm.registry import METRICS

from .samples import scores_and_targets


@METRICS.register_module()
class MultiLabelScores(BaseMetric):
    """mAP in its forms, CP CR CF1 OP OR OF1 and their top-k forms, as fractions of 1.

    Args:
        thr: Threshold on probabilities.
        topk: k of the top-k forms; None leaves them out.
        topk_rule: 'mlgcn' (top k and at or above the threshold) or 'exact'.
        empty: Classes without positives: 'drop', 'zero' or 'error'.
        items: Names to report; None: all.
        collect_device: As in mmengine.
        prefix: As in mmengine.
    """

    default_prefix = ''  # the names stand for themselves

    def __init__(self, thr: float = 0.5, topk: Optional[int] = 3, topk_rule: str = 'mlgcn',
                 empty: str = 'drop', items: Optional[Sequence[str]] = None,
                 collect_device: str = 'cpu', prefix: Optional[str] = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        self.settings = dict(thr=thr, topk=topk, topk_rule=topk_rule, empty=empty)
        # Two samples try the settings' names now, not after an epoch.
        known = score_protocols(np.eye(2), np.eye(2, dtype=np.int8), **self.settings)
        unknown = [name for name in items or () if name not in known]
        if unknown:
            raise ValueError(f'items {unknown} are not among {list(known)}')
        self.items = items

    def process(self, data_batch, data_samples: Sequence[dict]) -> None:
        """Keep each sample's scores and targets."""
        self.results.extend(scores_and_targets(sample) for sample in data_samples)

    def compute_metrics(self, results: List[tuple]) -> Dict[str, float]:
        """All protocols over all samples, each counted once whatever the sampler padded."""
        scores, targets = (np.stack(column) for column in zip(*results))
        classes = (self.dataset_meta or {}).get('classes')
        values = score_protocols(scores, targets, classes=classes, **self.settings)
        return {k: v for k, v in values.items() if self.items is None or k in self.items}
