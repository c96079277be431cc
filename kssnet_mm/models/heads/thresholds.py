"""Decision thresholds of multi-label heads: one number, or one per class from a json file."""
from typing import Optional, Sequence, Union

import torch

from kssnet_mm.evaluation.functional.thresholds import Thresholds, read_thresholds


def load_thresholds(thr: Union[float, str, Sequence[float]], num_classes: int,
                    classes: Optional[Sequence[str]] = None) -> Union[float, torch.Tensor]:
    """Threshold(s) on probabilities.

    Args:
        thr: One number, a list of N, or the path of a json object {class name: threshold} (written by
            ``tools/analysis_tools/tune_thresholds.py``).
        num_classes: N.
        classes: The N class names, by which a json object is matched. None: its order is taken for that
            of the classes. A head knows no names; whoever does gives them.

    Returns:
        The number, or a float tensor (N,).

    Raises:
        ValueError: A threshold outside [0, 1], another count than N, or other names than the classes', naming it.
    """
    given = read_thresholds(thr)
    if classes is None and isinstance(given.values, dict):
        given = Thresholds(list(given.values.values()), given.source)
    found = given.for_classes(num_classes, classes)
    return found if isinstance(found, float) else torch.tensor(found, dtype=torch.float32)
