"""Scores of each class by itself."""
import csv
import os
from typing import List, Sequence, Union

import numpy as np

from .average_precision import average_precisions
from .precision_recall import predicted_labels

COLUMNS = ('class', 'positives', 'AP', 'AP_sklearn', 'AP_voc', 'precision', 'recall', 'F1')


def per_class_table(scores: np.ndarray, targets: np.ndarray, classes: Sequence[str], thr=0.5) -> List[dict]:
    """One dict a class with the keys ``COLUMNS``; AP is NaN for a class without positives.

    Args:
        scores: n x N probabilities.
        targets: n x N of 1, 0 and -1 (ignore).
        classes: N names.
        thr: Threshold(s) on probabilities.

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


def write_per_class_csv(table: List[dict], path: Union[str, os.PathLike]) -> None:
    """The table as csv, under a temporary name first."""
    path = os.fspath(path)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    temporary = f'{path}.{os.getpid()}.tmp'
    try:
        with open(temporary, 'w', encoding='utf-8', newline='') as stream:
            writer = csv.DictWriter(stream, COLUMNS)
            writer.writeheader()
            writer.writerows(table)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
