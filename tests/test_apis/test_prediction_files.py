"""Predictions as json lines and csv, worked by hand."""
import csv
import json

import numpy as np
import pytest

from kssnet_mm.apis.prediction import Prediction, choose_labels
from kssnet_mm.apis.prediction_files import write_predictions

SCORES = np.array([.9, .2, .6, .6], dtype=np.float32)
LIMITS = np.array([.95, .1, .6, .7], dtype=np.float32)
CLASSES = ['a', 'b', '=SUM(A1)', 'd, "e"']


@pytest.mark.parametrize('thresholds, topk, labels', [
    (LIMITS, None, [2, 1]), (LIMITS, 1, [2]), (None, 3, [0, 2, 3]), (None, 9, [0, 2, 3, 1]),
])
def test_labels_by_their_own_thresholds(thresholds, topk, labels):
    assert choose_labels(SCORES, thresholds, topk) == labels


def written(path, **options):
    predictions = [Prediction('x.jpg', CLASSES, SCORES, LIMITS, [2, 1]),
                   Prediction('-y.jpg', CLASSES, SCORES, None, [0])]
    write_predictions(str(path), predictions, [dict(id='z.jpg', error='z.jpg: no such file')], **options)
    return path.read_text(encoding='utf-8')


def test_csv(tmp_path):
    assert written(tmp_path / 'p.csv') == ("id,label,score,threshold\nx.jpg,'=SUM(A1),0.6,0.6\nx.jpg,b,0.2,0.1\n"
                                           "'-y.jpg,a,0.9,\n")
    written(tmp_path / 'p.csv', all_scores=True)
    rows = list(csv.DictReader(open(tmp_path / 'p.csv', encoding='utf-8', newline='')))
    assert [row['predicted'] for row in rows] == ['0', '1', '1', '0', '1', '0', '0', '0']
    assert rows[3] == dict(id='x.jpg', label='d, "e"', score='0.6', threshold='0.7', predicted='0')


def test_json_lines(tmp_path):
    lines = [json.loads(line) for line in written(tmp_path / 'p.jsonl', all_scores=True).splitlines()]
    assert lines[0]['labels'] == [dict(label='=SUM(A1)', score=.6, threshold=.6),
                                  dict(label='b', score=.2, threshold=.1)]
    assert [row['label'] for row in lines[0]['scores']] == CLASSES and lines[1]['labels'][0]['threshold'] is None
    assert lines[2] == dict(id='z.jpg', error='z.jpg: no such file')
    assert 'scores' not in json.loads(written(tmp_path / 'p.jsonl').splitlines()[0])


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match='p.xlsx ends in neither of .jsonl, .csv'):
        written(tmp_path / 'p.xlsx')
