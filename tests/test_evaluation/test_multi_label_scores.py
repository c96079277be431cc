"""Settings of the registered metric; the numbers are those of the functions."""
import json

import numpy as np
import pytest
from mmengine.evaluator import Evaluator

from kssnet_mm.evaluation.metrics import DumpScores, MultiLabelScores

SCORES = np.array([[.9, .3], [.4, .35], [.2, .1]])
TARGETS = np.array([[1, 0], [1, 1], [0, 0]])


def of1(thr, classes=('cat', 'dog')):
    evaluator = Evaluator(dict(type='MultiLabelScores', thr=thr, items=['OF1']))
    evaluator.dataset_meta = dict(classes=classes)
    evaluator.process([dict(pred_score=s, gt_score=t) for s, t in zip(SCORES, TARGETS)])
    return evaluator.evaluate(3)['OF1']


def test_thresholds_by_number_list_and_file(tmp_path):
    # at .5 one label is named and right: 2 * 1 / (1 + 3)
    assert of1(.5) == pytest.approx(1 / 2)
    # at .4 and .35 three, all right
    assert of1([.4, .35]) == of1((.4, .35)) == 1
    (tmp_path / 'thr.json').write_text(json.dumps(dict(thresholds=dict(dog=.35, cat=.4))))
    assert of1(str(tmp_path / 'thr.json')) == 1
    # the other way round: cat at .35 names two, dog at .4 none
    assert of1(str(tmp_path / 'thr.json'), ('dog', 'cat')) == pytest.approx(2 * 2 / (2 + 3))


def test_top_k_by_its_exact_rule_and_empty_classes_as_zero():
    """By hand: the highest are cat (right), cup and cat (wrong). No sample holds a cup, whose AP counts as 0."""
    metric = MultiLabelScores(topk=1, topk_rule='exact', empty='zero')
    metric.process(None, [dict(pred_score=s, gt_score=t) for s, t in zip(
        np.array([[.9, .3, .1], [.4, .35, .45], [.2, .1, .05]]), np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]]))])
    with pytest.warns(UserWarning, match='1 of 3 classes have no positive sample'):
        found = metric.evaluate(3)
    names = ['mAP', 'OP', 'top1/OP', 'top1/OR', 'top1/CP', 'top1/CR', 'top1/CF1_macro']
    assert [found[name] for name in names] == pytest.approx([2 / 3, 1, 1 / 3, 1 / 3, 1 / 6, 1 / 6, 1 / 6])
    assert [name for name in found if name.startswith('top')] == [name for name in metric.names() if '/' in name]


@pytest.mark.parametrize('thr, message', [(1.5, 'got 1.5'), ([.5, -1.], 'got -1.0'), (float('nan'), 'got nan')])
def test_values_are_checked_at_construction(thr, message):
    with pytest.raises(ValueError, match=message):
        MultiLabelScores(thr=thr)


def test_the_classes_are_checked_when_the_data_set_is_known(tmp_path):
    (tmp_path / 'thr.json').write_text(json.dumps(dict(cat=.4, cow=.5)))
    for thr, message in (([.5] * 3, '3 thresholds for 2'), (str(tmp_path / 'thr.json'), "no threshold for 'dog'")):
        metric = MultiLabelScores(thr=thr)
        with pytest.raises(ValueError, match=message):
            metric.dataset_meta = dict(classes=('cat', 'dog'))


def test_names_of_a_file_need_names_of_classes(tmp_path):
    (tmp_path / 'thr.json').write_text(json.dumps(dict(cat=.4, dog=.5)))
    metric = MultiLabelScores(thr=str(tmp_path / 'thr.json'))
    with pytest.raises(ValueError, match='the data set does not name its classes'):
        metric.dataset_meta = dict(task='x')  # before the first batch
    metric = MultiLabelScores(thr=str(tmp_path / 'thr.json'))
    metric.results = list(zip(SCORES, TARGETS))
    with pytest.raises(ValueError, match='the classes have no names here'):
        metric.evaluate(3)


def test_a_nan_is_named_when_it_comes():
    metric = MultiLabelScores()
    with pytest.raises(ValueError, match='sample V7: the score of class 0 is NaN'):
        metric.process(None, [dict(pred_score=[np.nan, .5], gt_score=[1, 0], video_id='V7')])


@pytest.mark.parametrize('metric', [MultiLabelScores, lambda: DumpScores('scores.npz')])
def test_a_test_without_samples_ends_with_a_sentence(metric):
    with pytest.raises(ValueError, match='no sample was tested: the data set is empty'):
        Evaluator(metric()).evaluate(0)
