import csv

import numpy as np
import pytest

from kssnet_mm.evaluation.functional import per_class_table, write_per_class_csv
from kssnet_mm.evaluation.metrics import MultiLabelScores
from kssnet_mm.visualization.per_class import plot_per_class

SCORES = np.array([[.9, .2, .1], [.8, .9, .2], [.6, .7, .3], [.1, .4, .4]])
TARGETS = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, -1, 0]])


def test_by_hand(tmp_path):
    table = per_class_table(SCORES, TARGETS, ['cup', 'dog', 'none'], 0.5)
    assert table[0] == dict([('class', 'cup'), ('positives', 2), ('AP', pytest.approx((1 + 2 / 3) / 2)),
                             ('AP_sklearn', pytest.approx(5 / 6)), ('AP_voc', pytest.approx(5 / 6)),
                             ('precision', pytest.approx(2 / 3)), ('recall', 1.0), ('F1', pytest.approx(0.8))])
    assert table[1]['AP'] == 1.0 and table[1]['precision'] == 1.0
    assert np.isnan(table[2]['AP']) and table[2]['positives'] == 0 and table[2]['F1'] == 0
    write_per_class_csv(table, tmp_path / 'x/t.csv')
    rows = list(csv.DictReader(open(tmp_path / 'x/t.csv', encoding='utf-8')))
    assert [row['class'] for row in rows] == ['cup', 'dog', 'none'] and float(rows[0]['F1']) == 0.8
    plot_per_class(table, str(tmp_path / 'p.png'))
    assert (tmp_path / 'p.png').read_bytes()[:4] == b'\x89PNG'
    with pytest.raises(ValueError, match='2 class names for 3'):
        per_class_table(SCORES, TARGETS, ['a', 'b'])


def test_the_metric_writes_both(tmp_path):
    metric = MultiLabelScores(per_class_csv=str(tmp_path / 't.csv'), per_class_plot=str(tmp_path / 't.png'))
    metric.dataset_meta = dict(classes=['cup', 'dog', 'none'])
    metric.results = list(zip(SCORES, TARGETS))
    with pytest.warns(UserWarning, match='no positive sample: none'):
        values = metric.evaluate(4)
    assert values['mAP'] == pytest.approx((5 / 6 + 1) / 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ['t.csv', 't.png']
