"""Scores from files, through the command."""
import json

import numpy as np
import pytest
from conftest import ROOT
from mmengine.evaluator import Evaluator

from kssnet_mm.evaluation.functional import ScoreFile, score_protocols, write_score_file

TOOL = ROOT / 'tools/analysis_tools/eval_scores.py'
TUNE = ROOT / 'tools/analysis_tools/tune_thresholds.py'
CHARADES = 'data/sample/charades/Charades_v1_test.csv', 'data/sample/charades/Charades_v1_classes.txt'


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
    found = numbers('a.npz', '--targets', 't.npz', '--per-class', 'c.csv', '--plot', 'o/t.png')
    assert (found['mAP'], found['OP']) == pytest.approx((MAP, 4 / 6)) and (workspace / 'o/t.png').exists()
    assert [row.split(',')[:2] for row in (workspace / 'c.csv').read_text().splitlines()[1:]] == [
        ['cup', '2'], ['cat', '2'], ['dog', '1']]
    np.savez(workspace / 't.npz', targets=TARGETS, classes=['cat', 'dog', 'mug'])
    output = run_here(TOOL, 'a.npz', '--targets', 't.npz', fail=True)
    assert "a.npz and t.npz: the classes of the scores (3) and of the targets (3) differ: only the scores have " \
           "'cup'; only the targets have 'mug'" in output


def test_ids_are_matched_as_text_and_protocols_are_chosen(numbers, run_here, workspace):
    order = [2, 0, 3, 1]
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, None, None, ['0', '1', '2', '3']))
    np.savez(workspace / 't.npz', targets=TARGETS[order], ids=order)
    # ranks of the labels: 1; 1 and 2; 2; 1
    found = numbers('a.npz', '--targets', 't.npz', '--protocol', 'OF1', 'mAP_sample')
    assert list(found) == ['mAP_sample', 'OF1'] and found['mAP_sample'] == pytest.approx((1 + 1 + 1 / 2 + 1) / 4)
    np.savez(workspace / 't.npz', targets=TARGETS)
    output = run_here(TOOL, 'a.npz', '--targets', 't.npz')
    assert 'in the order of both files: t.npz holds no ids' in ' '.join(output.split())


def test_top_k_and_empty_classes_are_passed_on(numbers, run_here, workspace):
    """By hand as in test_multi_label_scores: one of three highest is right, and the third class has no positive."""
    scores = np.array([[.9, .3, .1], [.4, .35, .45], [.2, .1, .05]])
    write_score_file(workspace / 'a.npz', ScoreFile(scores, np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]])))
    words = ['a.npz', '--topk', '1', '--topk-rule', 'exact']
    with pytest.warns(UserWarning, match='counted as 0'):
        found = numbers(*words, '--empty', 'zero')
    assert [found['mAP'], found['top1/OP'], found['top1/CP']] == pytest.approx([2 / 3, 1 / 3, 1 / 6])
    assert '1 of 3 classes have no positive sample: 2' in run_here(TOOL, *words, '--empty', 'error', fail=True)


def test_the_pickles_of_the_stock_tools(numbers, run_here, workspace):
    evaluator = Evaluator(dict(type='DumpResults', out_file_path=str(workspace / 'd.pkl')))
    evaluator.process([dict(pred_score=s, gt_label=t.astype(np.float32), video_id=name)
                       for s, t, name in zip(SCORES, TARGETS, 'abcd')])
    evaluator.evaluate(4)
    np.savez(workspace / 't.npz', targets=TARGETS[::-1], ids=list('dcba'))
    (workspace / 'names.txt').write_text('\n'.join(NAMES))
    for words in (['--targets', 't.npz'], ['--classes', 'names.txt', '--per-class', 'c.csv']):
        assert numbers('d.pkl', *words) == pytest.approx(score_protocols(SCORES, TARGETS))
    assert 'dog' in (workspace / 'c.csv').read_text()
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
    run_here(TUNE, 'a.npz', 'overall.json', '--objective', 'overall')
    assert json.loads((workspace / 'overall.json').read_text())['objective'] == 'overall'
    write_score_file(workspace / 'b.npz', ScoreFile(SCORES, TARGETS))
    assert 'the classes have no names here' in run_here(TOOL, 'b.npz', '--thr', 'thr.json', fail=True)
    assert 'b.npz holds no class names, by which thresholds are' in run_here(TUNE, 'b.npz', 'u.json', fail=True)
    (workspace / 'names.txt').write_text('\n'.join(NAMES))
    assert numbers('b.npz', '--thr', 'thr.json', '--classes', 'names.txt') == found
    run_here(TUNE, 'b.npz', 'u.json', '--classes', 'names.txt')
    assert (workspace / 'u.json').read_text() == (workspace / 'tuned.json').read_text()
    # a.npz has names of its own, with which those given must agree
    (workspace / 'names.txt').write_text('\n'.join(NAMES[::-1]))
    for words in ([TUNE, 'a.npz', 'u.json'], [TOOL, 'a.npz']):
        said = run_here(*words, '--classes', 'names.txt', fail=True)
        assert 'the class list has names of a.npz in another order' in said


def test_faults_are_said_in_one_line(run_here, workspace):
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, TARGETS, NAMES, list('abcd')))
    np.savez(workspace / 'n.npz', scores=SCORES)
    np.savez(workspace / 'ids.npz', targets=TARGETS, ids=list('efgh'))
    for name, text in (('broken.json', '{"cat": '), ('text.npz', 'no zip'), ('two.txt', 'cat\ndog\n'),
                       ('sub.txt', 'A 1\n')):
        (workspace / name).write_text(text)
    write_score_file(workspace / 'nan.npz', ScoreFile(np.where(SCORES == .8, np.nan, SCORES), TARGETS))
    for arguments, message in (
            (['sub.txt'], 'needs --targets'), (['sub.txt', '--targets', CHARADES[0]], 'give --classes'),
            (['sub.txt', '--targets', CHARADES[0], '--classes', CHARADES[1]], 'sub.txt:1: 1 scores, 12 classes'),
            (['n.npz'], 'holds no targets'), (['gone.npz'], 'gone.npz'), (['gone.pkl'], 'gone.pkl'),
            (['a.npz', '--thr', '1.5'], 'error: --thr 1.5: a threshold is a probability between 0 and 1, got 1.5'),
            (['a.npz', '--thr', 'broken.json'], 'broken.json is not a json file of thresholds'),
            (['a.npz', '--thr', 'gone.json'], 'gone.json'),
            (['a.npz', '--topk', '0'], 'topk must be at least 1'),
            (['a.npz', '--protocol', 'mAPP'], "--protocol ['mAPP'] is not among"),
            (['a.npz', '--targets', 'text.npz'], 'text.npz is not a readable .npz file'),
            (['a.npz', '--targets', 'ids.npz'], "a.npz and ids.npz: none of the 4 ids of the targets ('e', 'f', 'g'"),
            (['nan.npz'], 'the score of sample 1, class 1 is NaN'),
            (['nan.npz', '--classes', 'two.txt'], '--classes has 2 names for the 3 classes of nan.npz')):
        output = run_here(TOOL, *arguments, fail=True)
        assert message in output and 'Traceback' not in output, arguments


def test_what_is_not_defined_is_null(numbers, workspace):
    write_score_file(workspace / 'a.npz', ScoreFile(SCORES, 0 * TARGETS))
    with pytest.warns(UserWarning, match='3 of 3 classes'):
        found = numbers('a.npz')
    assert found['empty_classes'] == 3 and found['OP'] == 0 and found['mAP'] is found['top3/CF1'] is None
