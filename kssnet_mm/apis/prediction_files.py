"""Predictions as files: json lines or csv."""
import json
import os.path as osp
from typing import List

from kssnet_mm.utils.csv_files import write_csv
from kssnet_mm.utils.io import write_atomically

from .prediction import Prediction

ENDINGS = ('.jsonl', '.csv')


def check_ending(path: str) -> None:
    """Raise a ValueError unless the file's ending says how it is written."""
    if not path.lower().endswith(ENDINGS):
        raise ValueError(f'{path} ends in neither of {", ".join(ENDINGS)}, which say how predictions are written')


def write_predictions(path: str, predictions: List[Prediction], failures: List[dict],
                      all_scores: bool = False) -> None:
    """Write predictions whole or not at all.

    ``.jsonl``: an object a line, of each input: ``id`` and ``labels``, a list of objects with ``label``, ``score`` and
    ``threshold``; ``scores`` has every class if asked. An input that failed has ``id`` and ``error``.

    ``.csv``: columns ``id,label,score,threshold``, a row for each predicted label. With every class's score there is a
    row for each class, and a column ``predicted`` of 1 and 0. Inputs that failed are left out.

    Args:
        path: Ends in .jsonl or .csv.
        predictions: In the order of the inputs.
        failures: ``id`` and ``error`` of inputs without a prediction.
        all_scores: Whether the score of every class is written.
    """
    check_ending(path)
    if osp.splitext(path)[1].lower() == '.jsonl':
        lines = [json.dumps(found, ensure_ascii=False)
                 for found in [p.as_dict(all_scores) for p in predictions] + failures]
        return write_atomically(path, ''.join(f'{line}\n' for line in lines))
    rows = [['id', 'label', 'score', 'threshold'] + ['predicted'] * all_scores]
    for prediction in predictions:
        for i in range(len(prediction.classes)) if all_scores else prediction.labels:
            row = prediction.row(i)
            threshold = '' if row['threshold'] is None else row['threshold']
            rows.append([prediction.id, row['label'], row['score'], threshold] +
                        [int(i in prediction.labels)] * all_scores)
    write_csv(path, rows)
