"""What a model says of one input."""
from dataclasses import dataclass
from typing import List, Optional, Sequence

import numpy as np
import torch
from mmengine.structures import BaseDataElement


def choose_labels(scores: np.ndarray, thresholds: Optional[np.ndarray], topk: Optional[int]) -> List[int]:
    """Positions of the predicted labels, the highest score first.

    Args:
        scores: Probabilities (N,).
        thresholds: (N,); a label is predicted if its score reaches its threshold. None: whatever its score.
        topk: At most so many labels. None: as many as there are.
    """
    order = np.argsort(-scores, kind='stable')
    if thresholds is not None:
        order = order[scores[order] >= thresholds[order]]
    return order[:topk].tolist()


@dataclass
class Prediction:
    """The scores of one input and the labels that are predicted from them.

    Attributes:
        id: The path of a file, or ``'#0'``, ``'#1'``, ... of an input in memory, by its place among the inputs.
        classes: N class names.
        scores: Probabilities (N,), float32.
        thresholds: Decision thresholds (N,), float32; None where the labels are the ``topk`` highest alone.
        labels: Positions of the predicted labels, the highest score first.
    """
    id: str
    classes: Sequence[str]
    scores: np.ndarray
    thresholds: Optional[np.ndarray]
    labels: List[int]

    def row(self, position: int) -> dict:
        """label, score and threshold of one class."""
        threshold = None if self.thresholds is None else round(float(self.thresholds[position]), 6)
        return dict(label=str(self.classes[position]), score=round(float(self.scores[position]), 6),
                    threshold=threshold)

    def as_dict(self, all_scores: bool = False) -> dict:
        """Json types: ``id``, and ``labels``, a row for each predicted label; if asked ``scores``, one for each class."""
        found = dict(id=self.id, labels=[self.row(i) for i in self.labels])
        if all_scores:
            found['scores'] = [self.row(i) for i in range(len(self.classes))]
        return found

    def as_datasample(self) -> BaseDataElement:
        """``pred_score`` (N,) and ``pred_label`` (K,); the rest is in the metainfo."""
        sample = BaseDataElement(metainfo=dict(id=self.id, classes=list(self.classes), thresholds=self.thresholds))
        sample.pred_score = torch.from_numpy(self.scores)
        sample.pred_label = torch.tensor(self.labels, dtype=torch.int64)
        return sample
