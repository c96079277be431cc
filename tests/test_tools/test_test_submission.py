"""Charades submissions as tools/test.py writes them, scored again against the official csv."""
import csv
import json

import numpy as np
import pytest
from conftest import IMAGE, QUICK, ROOT, VIDEO
from test_reparameterize import trained

from kssnet_mm.evaluation.functional import read_score_file

TEST = ROOT / 'tools/test.py'
FOLDER = 'data/sample/charades/'


def test_a_submission_scores_like_the_test(run_here, workspace):
    trained(VIDEO, workspace)
    with open(workspace / FOLDER / 'Charades_v1_test.csv', encoding='utf-8') as file:
        ids = [row['id'] for row in csv.DictReader(file) if row['actions']]
    run_here(TEST, VIDEO, 'trained.pth', '--work-dir', 'wd', '--submission', 'o/sub.txt', '--out', 'o/s.npz',
             '--cfg-options', *QUICK[3:])
    lines = [line.split(' ') for line in (workspace / 'o/sub.txt').read_text().splitlines()]
    assert [line[0] for line in lines] == ids and {len(line) for line in lines} == {13}
    stored = read_score_file(workspace / 'o/s.npz')
    assert stored.ids == ids and np.ptp(stored.scores) > .01
    np.testing.assert_array_equal(np.array([line[1:] for line in lines], dtype=np.float32), stored.scores)
    csv_words = '--targets', f'{FOLDER}Charades_v1_test.csv', '--classes', f'{FOLDER}Charades_v1_classes.txt'
    found = []
    for words in (['o/sub.txt', *csv_words], ['o/s.npz', *csv_words], ['o/s.npz']):
        run_here(ROOT / 'tools/analysis_tools/eval_scores.py', *words, '--out', 'x.json')
        found.append(json.loads((workspace / 'x.json').read_text()))
    log = sorted(workspace.glob('wd/*/*.json'))[-1]
    printed = json.loads(log.read_text().splitlines()[-1])
    for numbers in found:
        assert {name: value for name, value in printed.items() if name in numbers} == pytest.approx(numbers, abs=1e-4)


def test_a_wrong_ending_of_out_is_refused_before_the_test(run_here, workspace):
    said = run_here(TEST, IMAGE, 'gone.pth', '--work-dir', 'wd', '--out', 's.pkl', '--cfg-options', *QUICK[3:], fail=True,
                    expect=2)
    assert said.endswith("error: out_file must end in .npz, got 's.pkl'")
