"""Scores from files, through the command."""
import json

import numpy as np
import pytest
from conftest import ROOT
from mmengine.evaluator import Evaluator

from kssnet_mm.evaluation.functional import ScoreFile, score_protocols, write_score_file, write_submission
from kssnet_mm.utils.thresholds import read_thresholds

TOOL = ROOT / 'tools/analysis_tools/eval_scores.py'
TUNE = ROOT / 'tools/analysis_tools/tune_thresholds.py'
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
    run_here(TUNE, 'b.npz', 'thr.json', '--objective', 'overall')
    thresholds = read_thresholds(workspace / 'thr.json').for_classes(4, list('abcd'))
    run_here(TOOL, 'b.npz', '--thr', 'thr.json', '--out', 'y.json')
    tuned = json.loads((workspace / 'y.json').read_text())['OF1']
    np.testing.assert_allclose(tuned, score_protocols(scores, targets, thr=thresholds)['OF1'])
    assert tuned > 0.6


def test_faults_are_said_in_one_line(run_here, workspace):
    (workspace / 'sub.txt').write_text('A 1\n')
    np.savez(workspace / 'n.npz', scores=np.zeros((2, 3)))
    for arguments, message in (
            (['sub.txt'], 'needs --targets'), (['sub.txt', '--targets', CHARADES[0]], 'give --classes'),
            (['sub.txt', '--targets', CHARADES[0], '--classes', CHARADES[1]], 'sub.txt:1: 1 scores, 12 classes'),
            (['n.npz'], 'holds no targets'), (['gone.npz'], 'gone.npz'), (['gone.pkl'], 'gone.pkl')):
        output = run_here(TOOL, *arguments, fail=True)
        assert message in output and 'Traceback' not in output


SCORES = np.array([[.9, .2, .7], [.4, .8, .6], [.3, .6, .1], [.2, .1, .9]])
TARGETS = np.array([[1, 0, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1]])
NAMES = ['cat', 'dog', 'cup']
# AP: cat ranks 1 and 3, dog 1, cup 1 and 3
MAP = (5 / 6 + 1 + 5 / 6) / 3


@pytest.fixture
def numbers(run_here, workspace):
    """The json of eval_scores.py."""

    def call(*arguments):
        run_here(TOOL, *arguments, '--out', 'x.json')

        def refuse(name):
            raise AssertionError(f'{name} is no json')

        return json.loads((workspace / 'x.json').read_text(), parse_constant=refuse)

    return call


def test_the_names_are_those_that_were_agreed_on(numbers, workspace):
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, TARGETS))
    found = numbers('a.npz')
    assert list(found) == [
        'mAP', 'mAP_sklearn', 'mAP_voc', 'wAP', 'mAP_sample', 'CP', 'CR', 'CF1', 'OP', 'OR', 'OF1', 'CF1_macro',
        'top3/CP', 'top3/CR', 'top3/CF1', 'top3/OP', 'top3/OR', 'top3/OF1', 'top3/CF1_macro', 'empty_classes']
    assert found['mAP'] == pytest.approx(MAP) and found['empty_classes'] == 0
    # named: cat in 0; dog in 1, 2; cup in 0, 1, 3. Right: 1, 1, 2
    assert [found[name] for name in ('OP', 'OR', 'CP', 'CR')] == pytest.approx([4 / 6, 4 / 5, 13 / 18, 5 / 6])


def test_classes_are_matched_by_name(numbers, run_here, workspace):
    order = [2, 0, 1]
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, None, NAMES))
    np.savez(workspace / 't.npz', targets=TARGETS[:, order], classes=[NAMES[i] for i in order])
    found = numbers('a.npz', '--targets', 't.npz', '--per-class', 'c.csv')
    assert found['mAP'] == pytest.approx(MAP) and found['OP'] == pytest.approx(4 / 6)
    assert [row.split(',')[:2] for row in (workspace / 'c.csv').read_text().splitlines()[1:]] == [
        ['cup', '2'], ['cat', '2'], ['dog', '1']]
    np.savez(workspace / 't.npz', targets=TARGETS, classes=['cat', 'dog', 'mug'])
    output = run_here(TOOL, 'a.npz', '--targets', 't.npz', fail=True)
    assert "a.npz and t.npz: the classes of the scores (3) and of the targets (3) differ: only the scores have " \
           "'cup'; only the targets have 'mug'" in output
    # a score file with its classes in another order, against the official csv
    ids, targets = labelled(workspace)
    names = [line.split(maxsplit=1)[1] for line in (workspace / CHARADES[1]).read_text().splitlines()]
    scores = np.random.default_rng(2).random(targets.shape)
    expected = score_protocols(scores, targets)
    write_score_file(workspace / 'v.npz', ScoreFile(scores[:, ::-1], None, names[::-1], ids))
    assert numbers('v.npz', '--targets', CHARADES[0], '--classes', CHARADES[1])['mAP'] == pytest.approx(expected['mAP'])


def test_ids_are_matched_as_text_or_refused(numbers, run_here, workspace):
    order = [2, 0, 3, 1]
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, None, None, ['0', '1', '2', '3']))
    np.savez(workspace / 't.npz', targets=TARGETS[order], ids=order)
    # ranks of the labels: 1; 1 and 2; 2; 1
    assert numbers('a.npz', '--targets', 't.npz')['mAP_sample'] == pytest.approx((1 + 1 + 1 / 2 + 1) / 4)
    np.savez(workspace / 't.npz', targets=TARGETS, ids=[f'{i}.jpg' for i in range(4)])
    output = run_here(TOOL, 'a.npz', '--targets', 't.npz', fail=True)
    assert "none of the 4 ids of the targets ('0.jpg', '1.jpg', '2.jpg' and 1 more) is among the 4 of the scores ('0'" \
        in output
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, None, None, ['0', '1', '1', '3']))
    output = run_here(TOOL, 'a.npz', '--targets', 't.npz', fail=True)
    assert "ids of the scores come more than once: '1'" in output
    np.savez(workspace / 't.npz', targets=TARGETS)
    output = run_here(TOOL, 'a.npz', '--targets', 't.npz')
    assert 'in the order of both files: t.npz holds no ids' in ' '.join(output.split())


def test_the_pickles_of_the_stock_tools(numbers, run_here, workspace):
    ids, targets = labelled(workspace)
    scores = np.random.default_rng(0).random(targets.shape)
    evaluator = Evaluator(dict(type='DumpResults', out_file_path=str(workspace / 'd.pkl')))
    evaluator.process([dict(pred_score=s, gt_label=t.astype(np.float32), video_id=name)
                       for s, t, name in zip(scores[::-1], targets[::-1], ids[::-1])])
    evaluator.evaluate(len(ids))
    expected = pytest.approx(score_protocols(scores, targets))
    assert numbers('d.pkl', '--targets', CHARADES[0], '--classes', CHARADES[1]) == expected
    assert numbers('d.pkl', '--classes', CHARADES[1], '--per-class', 'c.csv') == expected
    assert 'Holding a cup' in (workspace / 'c.csv').read_text()
    (workspace / 'd.pkl').write_bytes(b'cos\nsystem\n(S"true"\ntR.')
    output = run_here(TOOL, 'd.pkl', fail=True)
    assert 'error: d.pkl is refused: it tried to load os.system' in output and 'Traceback' not in output


def test_thresholds_by_name(numbers, run_here, workspace):
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, TARGETS, NAMES))
    # cat in 0, 1, 2; dog in 1; cup in 3: right 2, 1, 1
    (workspace / 'thr.json').write_text('{"cup": 0.8, "cat": 0.25, "dog": 0.7}')
    found = numbers('a.npz', '--thr', 'thr.json')
    assert [found['OP'], found['OR']] == pytest.approx([4 / 5, 4 / 5])
    run_here(TUNE, 'a.npz', 'tuned.json')
    assert list(json.loads((workspace / 'tuned.json').read_text())['thresholds']) == NAMES
    # the best cuts: cat .25 (2 of 3), dog .7, cup .15 or lower than .6 as well
    assert numbers('a.npz', '--thr', 'tuned.json')['CF1_macro'] == pytest.approx((.8 + 1 + .8) / 3)
    write_score_file(workspace / 'b.npz', ScoreFile(SCORES, TARGETS))
    assert 'the classes have no names here' in run_here(TOOL, 'b.npz', '--thr', 'thr.json', fail=True)
    assert 'b.npz holds no class names, by which thresholds are matched' in run_here(TUNE, 'b.npz', 'u.json', fail=True)
    (workspace / 'names.txt').write_text('\n'.join(NAMES))
    assert numbers('b.npz', '--thr', 'thr.json', '--classes', 'names.txt') == found
    run_here(TUNE, 'b.npz', 'u.json', '--classes', 'names.txt')
    assert (workspace / 'u.json').read_text() == (workspace / 'tuned.json').read_text()


def test_settings_and_files_that_are_wrong_are_named(run_here, workspace):
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, TARGETS, NAMES, list('abcd')))
    (workspace / 'broken.json').write_text('{"cat": ')
    (workspace / 'text.npz').write_text('no zip')
    (workspace / 'broken.csv').write_text('id,actions\nA,"' + 'x' * 150000)
    (workspace / 'two.txt').write_text('cat\ndog\n')
    lost = np.where(SCORES == .8, np.nan, SCORES)
    write_score_file(workspace / 'nan.npz', ScoreFile(lost, TARGETS, None, list('abcd')))
    for arguments, message in (
            (['a.npz', '--thr', '1.5'], 'error: --thr 1.5: a threshold is a probability between 0 and 1, got 1.5'),
            (['a.npz', '--thr', 'nan'], '--thr nan: a threshold is a probability'),
            (['a.npz', '--thr', 'broken.json'], 'broken.json is not a json file of thresholds'),
            (['a.npz', '--thr', 'gone.json'], 'gone.json'),
            (['a.npz', '--topk', '0'], 'topk must be at least 1'),
            (['text.npz'], 'text.npz is not a readable .npz file'),
            (['a.npz', '--targets', 'text.npz'], 'text.npz is not a readable .npz file'),
            (['a.npz', '--targets', 'broken.csv', '--classes', CHARADES[1]], 'broken.csv:2: the row that begins here'),
            (['nan.npz'], 'the score of sample 1 (b), class 1 is NaN'),
            (['nan.npz', '--classes', 'two.txt'], '--classes has 2 names for the 3 classes of nan.npz')):
        output = run_here(TOOL, *arguments, fail=True)
        assert message in output and 'Traceback' not in output


def test_logits_are_warned_of_and_no_nan_is_written(numbers, workspace):
    write_score_file(workspace / 'a.npz', ScoreFile(10 * SCORES - 5, TARGETS))
    with pytest.warns(UserWarning, match=r'scores are no probabilities, as 4 of sample 0, class 0: thr=0.5 is meant'):
        assert numbers('a.npz')['mAP'] == pytest.approx(MAP)
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, 0 * TARGETS))
    with pytest.warns(UserWarning, match='3 of 3 classes'):
        found = numbers('a.npz')
    assert found['empty_classes'] == 3 and found['OP'] == 0
    assert {name for name, value in found.items() if value is None} == {
        'mAP', 'mAP_sklearn', 'mAP_voc', 'wAP', 'mAP_sample', 'CP', 'CR', 'CF1', 'CF1_macro', 'top3/CP', 'top3/CR',
        'top3/CF1', 'top3/CF1_macro'}
