"""The pickles of mmpretrain's and mmaction2's test tools."""
import pickle

import numpy as np
import pytest
import torch
from action_samples import action_sample
from mmengine.evaluator import Evaluator
from mmpretrain.structures import DataSample

from kssnet_mm.evaluation.dumps import read_dump
from kssnet_mm.evaluation.functional import ScoreFile, write_score_file

SCORES = torch.tensor([[.5, .25, .125], [1., 0., .75]])


def dump(path, samples):
    """As the stock test tools write it."""
    evaluator = Evaluator(dict(type='DumpResults', out_file_path=str(path)))
    evaluator.process(samples)
    evaluator.evaluate(len(samples))


def image_samples():
    for i, label in enumerate(([0, 1], [])):
        sample = DataSample().set_gt_label(label).set_pred_score(SCORES[i]).set_pred_label([i])
        sample.set_metainfo(dict(img_path=f'val/{i}.jpg', img_shape=(80, 80), scale_factor=(1.25, 1.), flip=False,
                                 sample_idx=i, ori_shape=np.array([64, 80])))
        yield sample


def action_samples():
    for i, label in enumerate(([1., 1, 0], [0., 0, 0])):
        sample = action_sample(label, SCORES[i])
        if hasattr(sample, 'set_pred_label'):
            sample.set_pred_label(torch.tensor([i]))
        sample.set_metainfo(dict(img_shape=(56, 56), video_id=f'V{i}'))
        yield sample


def action_dicts_of_1_1():
    for i, label in enumerate(([1., 1, 0], [0., 0, 0])):
        yield dict(gt_labels=dict(item=torch.tensor(label)), pred_scores=dict(item=SCORES[i]),
                   pred_labels=dict(item=torch.tensor([i])), img_shape=(56, 56), video_id=f'V{i}')


@pytest.mark.parametrize('make, ids', [(image_samples, ['0', '1']), (action_samples, ['V0', 'V1']),
                                       (action_dicts_of_1_1, ['V0', 'V1'])])
def test_both_frameworks(tmp_path, make, ids):
    dump(tmp_path / 'd.pkl', list(make()))
    content = read_dump(tmp_path / 'd.pkl')
    np.testing.assert_array_equal(content.scores, SCORES.numpy())
    assert content.targets.tolist() == [[1, 1, 0], [0, 0, 0]] and content.ids == ids and content.classes is None


def test_samples_without_labels_and_ids(tmp_path):
    dump(tmp_path / 'd.pkl', [dict(pred_score=row) for row in SCORES])
    content = read_dump(tmp_path / 'd.pkl')
    assert content.targets is None and content.ids is None and content.scores.shape == (2, 3)


def test_an_npz_is_read_too(tmp_path):
    write_score_file(tmp_path / 's.npz', ScoreFile(SCORES.numpy(), None, list('abc')))
    assert read_dump(tmp_path / 's.npz').classes == list('abc')


@pytest.mark.parametrize('content', [dict(mAP=.5), [], [1, 2]])
def test_other_pickles_are_refused(tmp_path, content):
    (tmp_path / 'd.pkl').write_bytes(pickle.dumps(content))
    with pytest.raises(ValueError, match='d.pkl holds no list of samples.*--out-item pred'):
        read_dump(tmp_path / 'd.pkl')


@pytest.mark.parametrize('samples, message', [
    ([dict(pred_score=SCORES[0]), dict(pred_score=SCORES[1][:2])], 'd.pkl: its samples have 2 and 3 scores'),
    ([dict(gt_label=[1])], 'd.pkl: it needs a predicted score'),
    ([dict(pred_score=SCORES[0] * float('nan'), img_path='a/7.jpg')], 'd.pkl: sample a/7.jpg: the score of class 0')])
def test_samples_that_cannot_be_scored(tmp_path, samples, message):
    dump(tmp_path / 'd.pkl', samples)
    with pytest.raises(ValueError, match=message):
        read_dump(tmp_path / 'd.pkl')
