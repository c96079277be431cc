"""Heads of both worlds over the shared classifier."""
import json

import pytest
import torch
from action_samples import action_sample
from mmpretrain.structures import DataSample
from reference import classify

from kssnet_mm.compat import action_targets
from kssnet_mm.registry import MODELS

N, C = 4, 6


def feats(shape=(2, C, 3, 3), dtype=torch.float):
    return torch.randn(shape, dtype=dtype), torch.randn(N, C, dtype=dtype).expand(shape[0], N, C)


def scores(sample):
    return sample.pred_score if 'pred_score' in sample else sample.pred_scores.item


def labels(sample):
    return (sample.pred_label if 'pred_label' in sample else sample.pred_labels.item).tolist()


@pytest.mark.parametrize('shape', [(2, C, 3, 3), (2, C, 2, 3, 3)])
def test_classifier_equals_formula(shape):
    classifier = MODELS.build(dict(type='LabelGraphClassifier', num_classes=N, in_channels=C)).double()
    classifier.eval()
    x = feats(shape, torch.double)
    torch.testing.assert_close(classifier(x), classify(x[0], x[1][0], classifier.fc))


@pytest.mark.parametrize('tanh, fc, expected', [
    (False, False, [0., 4.]), (True, False, [.162640, 1.928055]),
    (False, True, [2.1, 4.8]), (True, True, [2.262640, 2.728055])])
def test_tanh_and_fc_are_switches_of_their_own(tanh, fc, expected):
    """By hand: the means are 2 and 1; tanh of .5, 1, 2 is .462117, .761594, .964028."""
    classifier = MODELS.build(dict(type='LabelGraphClassifier', num_classes=2, in_channels=2, tanh=tanh,
                                   fc=fc)).eval()
    if fc:
        classifier.fc.weight.data.copy_(torch.eye(2))
        classifier.fc.bias.data.copy_(torch.tensor([.1, -.2]))
    feature = torch.tensor([[[[1., 3.]], [[0., 2.]]]])
    embedding = torch.tensor([[[.5, -1.], [2., 0.]]])
    torch.testing.assert_close(classifier((feature, embedding)), torch.tensor([expected]), rtol=0, atol=2e-6)
    linear = classifier.to_linear(embedding[0])
    torch.testing.assert_close(linear(feature), torch.tensor([expected]), rtol=0, atol=2e-6)


def test_one_dropout_feeds_both_terms():
    classifier = MODELS.build(dict(type='LabelGraphClassifier', num_classes=N, in_channels=C,
                                   dropout=0.5))
    x = feats()
    torch.manual_seed(3)
    got = classifier.train()(x)
    torch.manual_seed(3)
    pooled = torch.nn.functional.dropout(x[0].mean((2, 3)), 0.5)
    expected = pooled @ torch.tanh(x[1][0]).t() + classifier.fc(pooled)
    torch.testing.assert_close(got, expected)


@pytest.mark.parametrize('x', [torch.randn(2, C, 2, 3, 3), (torch.randn(2, C, 3, 3), )])
def test_plain_classifier_takes_bare_tensors_and_tuples(x):
    classifier = MODELS.build(dict(type='LinearClassifier', num_classes=N, in_channels=C)).eval()
    features = x if isinstance(x, torch.Tensor) else x[0]
    torch.testing.assert_close(classifier(x), classifier.fc(features.flatten(2).mean(2)))


def test_image_head_predicts_sigmoids_and_averages_the_loss_over_classes():
    head = MODELS.build(dict(type='KSSNetHead', num_classes=N, in_channels=C)).eval()
    x = feats()
    logits = head(x)
    sample = DataSample().set_gt_score(torch.tensor([1., 0, 0, 1]))
    other = DataSample().set_gt_score(torch.tensor([0., 1, 0, 0]))
    loss = head.loss(x, [sample, other])['loss']
    target = torch.tensor([[1., 0, 0, 1], [0, 1, 0, 0]])
    torch.testing.assert_close(
        loss, torch.nn.functional.binary_cross_entropy_with_logits(logits, target))
    predicted = head.predict(x, [sample, other])
    torch.testing.assert_close(predicted[1].pred_score, logits[1].sigmoid())
    assert predicted[0].pred_label.tolist() == torch.where(logits[0] >= 0)[0].tolist()


@pytest.mark.parametrize('average, expected', [('prob', [.5, .35]), ('max', [.9, .4]),
                                               ('score', [.5, .348332])])
def test_views_are_averaged_as_asked(average, expected):
    head = MODELS.build(dict(type='KSSNetVideoHead', num_classes=2, in_channels=C,
                             average_clips=average))
    # one video, two views, probabilities (.9, .3) and (.1, .4); odds average geometrically:
    # o = sqrt(3/7 * 4/6) = .534522, o / (1 + o) = .348332
    logits = torch.logit(torch.tensor([[.9, .3], [.1, .4]]))
    sample, = head.predict_by_feat(logits, [action_sample([1, 0])])
    torch.testing.assert_close(scores(sample), torch.tensor(expected), rtol=1e-4, atol=1e-5)
    assert labels(sample) == [0]


def test_video_loss_repeats_the_targets_for_every_view():
    head = MODELS.build(dict(type='KSSNetVideoHead', num_classes=2, in_channels=C))
    logits = torch.randn(4, 2)
    loss = head.loss_by_feat(logits, [action_sample([1, 0]), action_sample([0, 1])])['loss_cls']
    target = torch.tensor([[1., 0], [1, 0], [0, 1], [0, 1]])
    torch.testing.assert_close(
        loss, torch.nn.functional.binary_cross_entropy_with_logits(logits, target))


def test_targets_of_another_length_are_refused():
    with pytest.raises(ValueError, match='2 entries, the head num_classes=3'):
        action_targets([action_sample([1, 0])], 3)


HEADS = dict(KSSNetHead=lambda head, logits: head._get_predictions(logits, None),
             KSSNetVideoHead=lambda head, logits: head.predict_by_feat(logits, [action_sample([0, 0, 0, 0])]))


@pytest.mark.parametrize('kind', HEADS)
def test_topk_counts_whatever_the_thresholds(kind):
    head = MODELS.build(dict(type=kind, num_classes=4, in_channels=C, thr=.9, topk=2))
    found = HEADS[kind](head, torch.logit(torch.tensor([[.2, .8, .6, .95]])))[0]
    assert sorted(labels(found)) == [1, 3]


@pytest.mark.parametrize('kind', HEADS)
def test_thresholds_by_class_name(tmp_path, kind):
    path = tmp_path / 'thr.json'
    path.write_text(json.dumps(dict(d=.5, b=.9, c=.5, a=.1)))  # in another order than the classes
    head, logits = MODELS.build(dict(type=kind, num_classes=4, in_channels=C, thr=str(path))), torch.logit(
        torch.tensor([[.2, .8, .6, .4]]))
    with pytest.raises(ValueError, match='thr.json gives thresholds by class name, and the head does not know'):
        HEADS[kind](head, logits)
    with pytest.raises(ValueError, match="thr.json has no threshold for 'e' and thresholds for 'd'"):
        head.set_classes('abce')
    head.set_classes('abcd')
    assert labels(HEADS[kind](head, logits)[0]) == [0, 2]
    head.set_thresholds(str(path), 'bacd')
    assert head.thr.tolist() == pytest.approx([.9, .1, .5, .5])
    assert labels(HEADS[kind](head, logits)[0]) == [1, 2]
    # without names, in the order of the classes
    head = MODELS.build(dict(type=kind, num_classes=4, in_channels=C, thr=[.1, .9, .5, .5]))
    assert labels(HEADS[kind](head, logits)[0]) == [0, 2]


@pytest.mark.parametrize('kind', HEADS)
@pytest.mark.parametrize('thr, message', [(1.5, '1.5'), ([.5, .5], '2 thresholds for 3'),
                                          (dict(a=.5, b=.5), '2 thresholds for 3')])
def test_bad_thresholds_are_named_when_the_head_is_built(kind, thr, message):
    with pytest.raises(ValueError, match=message):
        MODELS.build(dict(type=kind, num_classes=3, in_channels=C, thr=thr))
