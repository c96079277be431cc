"""Metrics of each single class."""
from typing import List, Sequence

import numpy as np

from kssnet_mm.utils.csv_files import write_csv
from kssnet_mm.utils.io import PathLike

from .average_precision import average_precisions
from .precision_recall import predicted_labels

COLUMNS = ('class', 'positives', 'AP', 'AP_sklearn', 'AP_voc', 'precision', 'recall', 'F1')


def per_class_table(scores: np.ndarray, targets: np.ndarray, classes: Sequence[str], thr=0.5) -> List[dict]:
    """One dict a class with the keys ``COLUMNS``; AP is NaN for a class without positives.

    Args:
        scores: n x N probabilities.
        targets: n x N of 1, 0 and -1 (ignore).
        classes: N names.
        thr: Decision threshold(s).

    Raises:
        ValueError: Not N names, or what ``average_precision`` refuses.
    """
    if len(classes) != scores.shape[1]:
        raise ValueError(f'{len(classes)} class names for {scores.shape[1]} classes')
    found = average_precisions(scores, targets)
    aps = [found[kind] for kind in ('plain', 'sklearn', 'voc')]
    predicted = predicted_labels(scores, thr) & (targets >= 0)
    right = (predicted & (targets == 1)).sum(axis=0)
    named, total = predicted.sum(axis=0), (targets == 1).sum(axis=0)
    precision, recall = right / np.maximum(named, 1), right / np.maximum(total, 1)
    f1 = 2 * right / np.maximum(named + total, 1)
    columns = (total, *aps, precision, recall, f1)
    return [dict(zip(COLUMNS, (str(name), int(row[0]), *(float(v) for v in row[1:]))))
            for name, row in zip(classes, zip(*columns))]


def write_per_class_csv(table: List[dict], path: PathLike) -> None:
    """The table as csv, under a temporary name first."""
    write_csv(path, [COLUMNS, *([row[column] for column in COLUMNS] for row in table)])
