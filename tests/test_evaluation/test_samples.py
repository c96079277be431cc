"""Scores, targets and names out of the data samples of both frameworks."""
import numpy as np
import pytest
import torch
from action_samples import action_sample
from mmpretrain.structures import DataSample

from kssnet_mm.evaluation.metrics.sample_ids import SampleName, sample_name, unique_ids
from kssnet_mm.evaluation.metrics.samples import scores_and_targets


def image_sample(label, scores):
    return DataSample().set_gt_label(label).set_pred_score(torch.as_tensor(scores))


def targets(sample):
    return [scores_and_targets(form)[1].tolist() for form in (sample, sample.to_dict())]


@pytest.mark.parametrize('make, label, expected', [
    (image_sample, [0, 1], [1, 1]), (image_sample, [1, 0], [1, 1]), (image_sample, [0], [1, 0]),
    (image_sample, [1], [0, 1]), (image_sample, [], [0, 0]),
    (action_sample, [0., 1.], [0, 1]), (action_sample, [1., 0.], [1, 0]), (action_sample, [0., 0.], [0, 0]),
    # integers that are no indices: a number comes twice
    (image_sample, [0, 0], [0, 0]), (image_sample, [1, 1], [1, 1]), (image_sample, [-1, 1], [-1, 1])])
def test_two_classes(make, label, expected):
    """[0, 1] are both classes as mmpretrain's indices and the second alone as mmaction2's float entries."""
    sample = make(label if make is image_sample else torch.tensor(label), torch.tensor([.2, .8]))
    assert targets(sample) == [expected] * 2


def test_one_class():
    assert targets(image_sample([0], [.5])) == [[1]] * 2 and targets(image_sample([], [.5])) == [[0]] * 2
    assert targets(action_sample(torch.tensor([0.]), torch.tensor([.5]))) == [[0]] * 2
    assert targets(action_sample(torch.tensor([1.]), torch.tensor([.5]))) == [[1]] * 2


def test_the_score_of_the_truth_goes_first():
    sample = image_sample([0, 1], [.2, .8]).set_gt_score(torch.tensor([0., -1.]))
    assert targets(sample) == [[0, -1]] * 2


def test_more_classes_and_kinds_of_arrays():
    assert targets(image_sample([3, 1], [.1, .2, .3, .4])) == [[0, 1, 0, 1]] * 2
    held = np.array([True, False, True])
    assert scores_and_targets(dict(pred_score=[.5, .25, 0], gt_label=held))[1].tolist() == [1, 0, 1]
    score, target = scores_and_targets(dict(pred_score=torch.tensor([.5, .25], dtype=torch.bfloat16), gt_label=[1]))
    assert score.tolist() == [.5, .25] and target.tolist() == [0, 1] and target.dtype == np.int8


@pytest.mark.parametrize('sample, message', [
    (dict(gt_label=[1]), "needs a predicted score, but has \\['gt_label'\\]"),
    (dict(pred_score=[.5]), 'needs a target'),
    (dict(pred_score=[.5, np.nan], gt_label=[1], img_path='a/7.jpg'), 'sample a/7.jpg: the score of class 1 is NaN'),
    (dict(pred_score=[.5, .5], gt_label=[2], video_id='V7'), r'sample V7: its label \[2\] is neither 2 entries'),
    (dict(pred_score=[.5, .5], gt_label=[-1]), r'its label \[-1\] is neither'),
    (dict(pred_score=[.5, .5, .5], gt_label=[1., 0.]), r'its label \[1.0, 0.0\] is neither 3 entries'),
    (dict(pred_score=[.5, .5], gt_score=[1., 2.]), r'its label \[1.0, 2.0\] is neither')])
def test_faults_name_the_sample(sample, message):
    with pytest.raises(ValueError, match=message):
        scores_and_targets(sample)


@pytest.mark.parametrize('sample, short, whole', [
    (dict(video_id='V1', filename='videos/V1.mp4'), 'V1', 'V1'), (dict(img_id=0, img_path='a/1.jpg'), '0', '0'),
    (dict(img_path='a/1.jpg', sample_idx=3), '1', 'a/1.jpg'), (dict(frame_dir='frames/V1/'), 'V1', 'frames/V1/'),
    (dict(sample_idx=0), '0', '0'), (dict(), None, None)])
def test_names(sample, short, whole):
    name = sample_name(sample)
    assert (name.short, name.whole) == (short, whole)


def test_ids_are_unique():
    names = [SampleName(None, 'a/1.jpg'), SampleName(None, 'a/2.jpg'), SampleName('V1', 'c/1.jpg')]
    assert unique_ids(names) == ['1', '2', 'V1']
    assert unique_ids([*names, SampleName(None, 'b/1.jpg')]) == ['a/1.jpg', 'a/2.jpg', 'V1', 'b/1.jpg']
    with pytest.raises(ValueError, match="several samples are called 'a/1.jpg'"):
        unique_ids([*names, names[0]])
    with pytest.raises(ValueError, match='1 of 4 samples, the first of them number 3, have none of video_id'):
        unique_ids([*names, SampleName(None, None)])
