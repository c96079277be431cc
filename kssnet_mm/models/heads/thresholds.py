"""Decision thresholds of multi-label heads: one number, or one per class from a json file."""
import json
from typing import Sequence, Union

import torch


def load_thresholds(thr: Union[float, str, Sequence[float]],
                    num_classes: int) -> Union[float, torch.Tensor]:
    """Threshold(s) on probabilities.

    Args:
        thr: One number, a list of N, or the path of a json object {class name: threshold} in class
            order (written by ``tools/analysis_tools/tune_thresholds.py``).
        num_classes: N.

    Returns:
        The number, or a float tensor (N,).

    Raises:
        ValueError: A threshold outside [0, 1] or another count than N, naming it.
    """
    source = repr(thr)
    if isinstance(thr, str):
        with open(thr, encoding='utf-8') as file:
            table = json.load(file)
        table = table.get('thresholds', table)
        thr = list(table.values()) if isinstance(table, dict) else table
    values = [thr] if isinstance(thr, (int, float)) else list(thr)
    for value in values:
        if not 0 <= value <= 1:
            raise ValueError(f'a threshold is a probability between 0 and 1, got {value} in {source}')
    if isinstance(thr, (int, float)):
        return float(thr)
    if len(values) != num_classes:
        raise ValueError(f'{source} holds {len(values)} thresholds for {num_classes} classes')
    return torch.tensor(values, dtype=torch.float32)
