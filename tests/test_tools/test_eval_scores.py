"""Scores from files, through the command."""
import json

import numpy as np
from conftest import ROOT

from kssnet_mm.evaluation.functional import ScoreFile, score_protocols, write_score_file, write_submission
from kssnet_mm.models.heads.thresholds import load_thresholds

TOOL = ROOT / 'tools/analysis_tools/eval_scores.py'
CHARADES = 'data/sample/charades/Charades_v1_test.csv', 'data/sample/charades/Charades_v1_classes.txt'


def labelled(workspace):
    """Ids and actions of the test videos, read by hand from the csv."""
    import csv
    codes = [line.split()[0] for line in (workspace / CHARADES[1]).read_text().splitlines()]
    ids, rows = [], []
    for row in csv.DictReader(open(workspace / CHARADES[0], encoding='utf-8')):
        held = {part.split()[0] for part in row['actions'].split(';') if part}
        if held:
            ids.append(row['id'])
            rows.append([int(code in held) for code in codes])
    return ids, np.array(rows)


def test_submission_against_the_official_csv(run_here, workspace):
    ids, targets = labelled(workspace)
    scores = np.random.default_rng(0).random(targets.shape)
    write_submission(workspace / 'sub.txt', ['unknown', *ids[:-1]], np.vstack([scores[:1], scores[:-1]]))
    output = run_here(TOOL, 'sub.txt', '--targets', CHARADES[0], '--classes', CHARADES[1], '--out', 'o/x.json',
                 '--per-class', 'o/t.csv', '--plot', 'o/t.png')
    assert f'{len(ids)} labelled videos, 1 of them missing' in ' '.join(output.split())
    scores[-1] = -np.inf
    expected = score_protocols(scores, targets)
    got = json.loads((workspace / 'o/x.json').read_text())
    assert set(got) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(got[name], value, rtol=1e-6, err_msg=name)
    assert (workspace / 'o/t.csv').exists() and (workspace / 'o/t.png').exists()


def test_npz_protocol_filter_and_tuned_thresholds(run_here, workspace):
    rng = np.random.default_rng(1)
    targets = (rng.random((60, 4)) < 0.4).astype(np.int8)
    scores = np.clip(0.3 * rng.random((60, 4)) + 0.2 * targets, 0, 1)
    write_score_file(workspace / 'a.npz', ScoreFile(scores, None, list('abcd'), [str(i) for i in range(60)]))
    order = rng.permutation(60)
    np.savez(workspace / 't.npz', targets=targets[order], ids=np.array([str(i) for i in order]))
    run_here(TOOL, 'a.npz', '--targets', 't.npz', '--protocol', 'mAP', 'OF1', '--out', 'x.json')
    got = json.loads((workspace / 'x.json').read_text())
    assert list(got) == ['mAP', 'OF1'] and got['OF1'] == 0  # nothing reaches 0.5
    np.testing.assert_allclose(got['mAP'], score_protocols(scores[order], targets[order])['mAP'])
    write_score_file(workspace / 'b.npz', ScoreFile(scores, targets, list('abcd')))
    run_here(ROOT / 'tools/analysis_tools/tune_thresholds.py', 'b.npz', 'thr.json', '--objective', 'overall')
    thresholds = load_thresholds(str(workspace / 'thr.json'), 4)
    run_here(TOOL, 'b.npz', '--thr', 'thr.json', '--out', 'y.json')
    tuned = json.loads((workspace / 'y.json').read_text())['OF1']
    np.testing.assert_allclose(tuned, score_protocols(scores, targets, thr=thresholds.numpy())['OF1'])
    assert tuned > 0.6


def test_faults_are_said_in_one_line(run_here, workspace):
    (workspace / 'sub.txt').write_text('A 1\n')
    np.savez(workspace / 'n.npz', scores=np.zeros((2, 3)))
    for arguments, message in (
            (['sub.txt'], 'needs --targets'), (['sub.txt', '--targets', CHARADES[0]], 'give --classes'),
            (['sub.txt', '--targets', CHARADES[0], '--classes', CHARADES[1]], 'sub.txt:1: 1 scores, 12 classes'),
            (['n.npz'], 'holds no targets'), (['gone.npz'], 'gone.npz')):
        output = run_here(TOOL, *arguments, fail=True)
        assert message in output and 'Traceback' not in output
