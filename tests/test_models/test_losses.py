"""The multi-label losses against torch, mmpretrain, formulas in loops and numbers worked by hand."""
from math import exp, log

import numpy as np
import pytest
import torch
import torch.nn as nn
from mmpretrain.models.losses import AsymmetricLoss, CrossEntropyLoss, FocalLoss

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.models import (MultiLabelAsymmetricLoss, MultiLabelBCELoss, MultiLabelFocalLoss, PartialBCELoss,
                              TwoWayLoss)
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import MODELS

GENERATOR = torch.Generator().manual_seed(0)
LOGITS = 2 * torch.randn(6, 9, generator=GENERATOR)
TARGETS = (torch.rand(6, 9, generator=GENERATOR) > 0.6).float()
PARTIAL = TARGETS.masked_fill(torch.rand(6, 9, generator=GENERATOR) > 0.6, -1)
ALL = [MultiLabelBCELoss, MultiLabelFocalLoss, MultiLabelAsymmetricLoss, PartialBCELoss, TwoWayLoss]


def sigmoid(x):
    return 1 / (1 + exp(-x))


def bce(x, t):
    return -t * log(sigmoid(x)) - (1 - t) * log(1 - sigmoid(x))


def focal(x, t, gamma=2., alpha=.25):
    p = sigmoid(x)
    return -t * alpha * (1 - p)**gamma * log(p) - (1 - t) * (1 - alpha) * p**gamma * log(1 - p)


def asymmetric(x, t, gamma_pos=0., gamma_neg=4., clip=.05):
    p = sigmoid(x)
    q = max(p - clip, 0)
    return -t * (1 - p)**gamma_pos * log(p) - (1 - t) * q**gamma_neg * log(1 - q)


def in_loops(each, targets, normalization, class_weight=None, pos_weight=None):
    """The definition, one label at a time, in Python's floats."""
    total, known = 0., 0
    for row, wanted in zip(LOGITS.tolist(), targets.tolist()):
        for label, (x, t) in enumerate(zip(row, wanted)):
            if t < 0:
                continue
            known += 1
            value = each(x, t)
            if pos_weight is not None:
                value = t * pos_weight[label] * each(x, 1.) + (1 - t) * each(x, 0.)
            total += value * (1 if class_weight is None else class_weight[label])
    return total / (known if normalization == 'mean' else len(LOGITS))


@pytest.mark.parametrize('normalization', ['mean', 'sum'])
@pytest.mark.parametrize('kind, each', [(MultiLabelBCELoss, bce), (MultiLabelFocalLoss, focal),
                                        (MultiLabelAsymmetricLoss, asymmetric)])
def test_losses_equal_their_formulas(kind, each, normalization):
    weights = [.5 + label / 4 for label in range(9)]
    for targets in (TARGETS, PARTIAL, PARTIAL * .75):
        for settings in (dict(), dict(class_weight=weights), dict(pos_weight=weights)):
            loss = kind(normalization=normalization, **settings)(LOGITS, targets)
            assert loss.item() == pytest.approx(in_loops(each, targets, normalization, **settings), rel=1e-5)
    half = kind(normalization=normalization, loss_weight=.5)(LOGITS, PARTIAL)
    assert half.item() == pytest.approx(in_loops(each, PARTIAL, normalization) / 2, rel=1e-5)


@pytest.mark.parametrize('kind, each, settings', [
    (MultiLabelFocalLoss, focal, dict(gamma=1.5, alpha=.6)),
    (MultiLabelAsymmetricLoss, asymmetric, dict(gamma_pos=1., gamma_neg=2., clip=.1))])
def test_losses_at_other_settings(kind, each, settings):
    for targets in (TARGETS, PARTIAL):
        expected = in_loops(lambda x, t: each(x, t, **settings), targets, 'mean')
        assert kind(**settings)(LOGITS, targets).item() == pytest.approx(expected, rel=1e-5)
        for name in settings:  # each of them counts
            without = {key: value for key, value in settings.items() if key != name}
            assert kind(**without)(LOGITS, targets).item() != pytest.approx(expected, rel=1e-2)


def test_mean_is_torchs_soft_margin_loss():
    torch.testing.assert_close(MultiLabelBCELoss()(LOGITS, TARGETS, avg_factor=6),
                               nn.MultiLabelSoftMarginLoss()(LOGITS, TARGETS))


@pytest.mark.parametrize('ours, theirs', [(MultiLabelBCELoss, CrossEntropyLoss(use_sigmoid=True)),
                                          (MultiLabelFocalLoss, FocalLoss()),
                                          (MultiLabelAsymmetricLoss, AsymmetricLoss())])
def test_sum_is_mmpretrains_where_every_label_is_known(ours, theirs):
    torch.testing.assert_close(ours(normalization='sum')(LOGITS, TARGETS), theirs(LOGITS, TARGETS, avg_factor=6))
    torch.testing.assert_close(ours(normalization='sum')(LOGITS, TARGETS), 9 * ours()(LOGITS, TARGETS))


@pytest.mark.parametrize('kind', ALL)
def test_unknown_labels_do_not_count(kind):
    """Whatever their logits are, and without a gradient."""
    logits = LOGITS.clone().requires_grad_()
    loss = kind()(logits, PARTIAL)
    loss.backward()
    moved = LOGITS.where(PARTIAL >= 0, LOGITS + 5 * torch.randn(6, 9))
    torch.testing.assert_close(kind()(moved, PARTIAL), loss.detach())
    assert torch.equal(logits.grad != 0, PARTIAL >= 0) or kind in (TwoWayLoss, MultiLabelAsymmetricLoss)
    assert not logits.grad[PARTIAL < 0].any() and torch.isfinite(logits.grad).all() and logits.grad.any()


@pytest.mark.parametrize('kind', ALL)
@pytest.mark.parametrize('normalization', ['mean', 'sum'])
def test_a_batch_of_unknown_labels_alone_gives_zero(kind, normalization):
    logits = LOGITS.clone().requires_grad_()
    loss = kind(normalization=normalization)(logits, -torch.ones(6, 9))
    loss.backward()
    assert loss.item() == 0 and not logits.grad.any()


def test_gradient_of_the_cross_entropy():
    targets = TARGETS.clone()
    targets[0, :5] = -1  # 49 of 54 remain
    for normalization, count in (('mean', 49), ('sum', 6)):
        logits = LOGITS.clone().requires_grad_()
        MultiLabelBCELoss(normalization=normalization)(logits, targets).backward()
        expected = (LOGITS.sigmoid() - TARGETS) / count
        expected[0, :5] = 0
        torch.testing.assert_close(logits.grad, expected)


def test_a_mixed_target_is_half_of_each():
    """mmpretrain's asymmetric loss has no gradient at 0.5."""
    for kind in ALL[:4]:
        one, zero, half = (kind()(LOGITS, torch.full((6, 9), value)) for value in (1., 0., .5))
        torch.testing.assert_close(half, (one + zero) / 2)


def test_smoothed_targets_by_hand():
    """At the logit log 3, p = .75; e = .1: .9 * -log .75 + .1 * -log .25 = .397543."""
    loss = MultiLabelBCELoss(label_smoothing=.1)
    assert loss(torch.tensor([[log(3)]]), torch.ones(1, 1)).item() == pytest.approx(.397543, abs=1e-6)
    both = loss(torch.tensor([[log(3), -log(3), 9.]]), torch.tensor([[1., 0., -1.]]))
    assert both.item() == pytest.approx(.397543, abs=1e-6)


def test_positive_weights_from_the_statistics(tmp_path):
    """By hand: (1 + .5) / (9 + 1) = .15 -> .85 / .15, (4 + .5) / (8 + 1) = .5 -> 1."""
    file = str(tmp_path / 'graph.npz')
    LabelGraph(['a', 'b'], np.eye(2), label_counts=[[1, 9], [4, 8]]).save(file)
    loss = MODELS.build(dict(type='MultiLabelBCELoss', pos_weight=file))
    with pytest.raises(RuntimeError, match='call init_weights'):
        loss(torch.zeros(1, 2), torch.ones(1, 2))
    loss.init_weights()
    torch.testing.assert_close(loss.pos_weight, torch.tensor([.85 / .15, 1.]))
    assert loss(torch.zeros(1, 2), torch.ones(1, 2)).item() == pytest.approx(log(2) * (.85 / .15 + 1) / 2, rel=1e-5)
    assert loss.state_dict() == {}
    assert torch.equal(loss.label_keys, label_keys(['a', 'b']))  # what CheckLabelsHook compares


def partial_in_loops(targets, alpha, beta, gamma, normalization='mean'):
    values = []
    for row, wanted in zip(LOGITS.tolist(), targets.tolist()):
        kept = [(x, t) for x, t in zip(row, wanted) if t >= 0]
        if kept:
            share = len(kept) / len(row)
            values.append((alpha * share**gamma + beta) * sum(bce(x, t) for x, t in kept)
                          / (len(row) if normalization == 'mean' else 1))
    return sum(values) / len(values)


@pytest.mark.parametrize('alpha, beta, gamma', [(1., 0., -1.), (0., 1., 1.), (-2., 3., 1.), (.5, .5, -.5)])
def test_partial_cross_entropy(alpha, beta, gamma):
    targets = PARTIAL.clone()
    targets[2] = -1  # a sample that says nothing
    loss = PartialBCELoss(alpha=alpha, beta=beta, gamma=gamma)(LOGITS, targets)
    assert loss.item() == pytest.approx(partial_in_loops(targets, alpha, beta, gamma), rel=1e-5)
    loss = PartialBCELoss(alpha=alpha, beta=beta, gamma=gamma, normalization='sum', loss_weight=.5)(LOGITS, targets)
    assert loss.item() == pytest.approx(partial_in_loops(targets, alpha, beta, gamma, 'sum') / 2, rel=1e-5)
    torch.testing.assert_close(PartialBCELoss()(LOGITS, TARGETS), MultiLabelBCELoss()(LOGITS, TARGETS))


def test_partial_cross_entropy_counts_samples_alike():
    """By hand: one label known of 4 at p = .5, four known at p = .75: (log 2 + -log .75) / 2."""
    logits = torch.tensor([[0., 7., 7., 7.], [log(3)] * 4])
    targets = torch.tensor([[1., -1., -1., -1.], [1.] * 4])
    assert PartialBCELoss()(logits, targets).item() == pytest.approx((log(2) - log(.75)) / 2, rel=1e-5)


def test_partial_cross_entropy_of_few_known_labels_in_half_precision():
    """By hand: one label of 300 known at p = .5, weighted 300^2, which float16 lacks, over 300: 300 log 2."""
    targets = torch.full((1, 300), -1.)
    targets[0, 0] = 1
    logits = torch.zeros(1, 300, dtype=torch.float16, requires_grad=True)
    loss = PartialBCELoss(gamma=-2.)(logits, targets)
    assert loss.item() == pytest.approx(300 * log(2), rel=1e-5)
    loss.backward()
    assert logits.grad[0, 0].item() == -150 and not logits.grad[0, 1:].any()


def two_way_in_loops(logits, targets, positive=4., negative=1., normalization='mean'):
    total = 0.
    for x, t in ((logits, targets), (logits.T, targets.T)):
        margins = []
        for row, wanted in zip(x.tolist(), t.tolist()):
            present, absent = ([v for v, w in zip(row, wanted) if w == value] for value in (1, 0))
            if present and absent:
                margins.append(negative * log(sum(exp(v / negative) for v in absent))
                               + positive * log(sum(exp(-v / positive) for v in present)))
        total += sum(log(1 + exp(m)) for m in margins) / (max(len(margins), 1) if normalization == 'mean' else 1)
    return total


@pytest.mark.parametrize('targets', [TARGETS, PARTIAL, torch.ones(6, 9), torch.zeros(6, 9)])
def test_two_way_loss(targets):
    loss = TwoWayLoss()(LOGITS, targets)
    assert loss.item() == pytest.approx(two_way_in_loops(LOGITS, targets), rel=1e-5)
    other = TwoWayLoss(temperature_pos=1., temperature_neg=2.)(LOGITS, targets)
    assert other.item() == pytest.approx(two_way_in_loops(LOGITS, targets, 1., 2.), rel=1e-5)
    total = TwoWayLoss(normalization='sum', loss_weight=.5)(LOGITS, targets)
    assert total.item() == pytest.approx(two_way_in_loops(LOGITS, targets, normalization='sum') / 2, rel=1e-5)


def test_two_way_loss_by_hand():
    """One positive at 1, one negative at 0, in a sample and nowhere in a label: log(1 + e^-1)."""
    loss = TwoWayLoss()(torch.tensor([[1., 0.]]), torch.tensor([[1., 0.]]))
    assert loss.item() == pytest.approx(log(1 + exp(-1)), rel=1e-6)
    two = TwoWayLoss(normalization='sum', class_weight=[2., 0.])
    # the second way: label 0 has a positive at 1 and a negative at 3, weighted 2
    value = two(torch.tensor([[1., 0.], [3., 0.]]), torch.tensor([[1., 0.], [0., 0.]])).item()
    assert value == pytest.approx(log(1 + exp(-1)) + 2 * log(1 + exp(2)), rel=1e-6)


def test_labels_that_do_not_count_stay_out_at_every_temperature():
    """By hand: a positive at 0, a negative at -20 and an unknown label give log(1 + e^-20)."""
    logits = torch.tensor([[0., -20., -5.]], dtype=torch.float64)
    loss = TwoWayLoss(temperature_neg=1e-3)(logits, torch.tensor([[1., 0., -1.]]))
    assert loss.item() == pytest.approx(log(1 + exp(-20)), rel=1e-6)


@pytest.mark.parametrize('kind, name', [
    *((kind, 'class_weight') for kind in ALL), *((kind, 'pos_weight') for kind in ALL if kind is not TwoWayLoss)])
@pytest.mark.parametrize('number', [1, 8])
def test_weights_of_another_number_of_labels_are_refused(kind, name, number):
    with pytest.raises(ValueError, match=f'{name} has the weights of {number} labels, and the logits are those of 9'):
        kind(**{name: [2.] * number})(LOGITS, TARGETS)


@pytest.mark.parametrize('kind', ALL)
def test_half_precision_stays_finite(kind):
    logits = (10 * LOGITS).to(torch.bfloat16).requires_grad_()
    loss = kind()(logits, PARTIAL)
    loss.backward()
    assert torch.isfinite(loss) and torch.isfinite(logits.grad).all()
    torch.testing.assert_close(loss.float(), kind()(10 * LOGITS, PARTIAL), rtol=.03, atol=1e-3)


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float32])
@pytest.mark.parametrize('kind, settings', [
    (MultiLabelBCELoss, dict(pos_weight=8e4)), (MultiLabelFocalLoss, dict(gamma=.5)),
    (MultiLabelAsymmetricLoss, dict(gamma_neg=.5)), (MultiLabelAsymmetricLoss, dict(gamma_pos=.5, clip=0.))])
def test_gradients_are_numbers_at_every_logit(kind, settings, dtype):
    """Weights above float16's largest number, and powers below 1 of probabilities that are 0 after rounding."""
    values = [-60., -20., -7., -3., 0., 3., 7., 12., 20., 60.]
    logits = torch.tensor([values, values]).to(dtype).requires_grad_()
    loss = kind(**settings)(logits, torch.tensor([[0.], [1.]]).expand(2, 10))
    (loss / 1e5).backward()  # a loss scale would keep float16's gradients finite
    assert torch.isfinite(loss) and torch.isfinite(logits.grad).all() and logits.grad.any()


@pytest.mark.parametrize('kind, settings, match', [
    *((kind, dict(normalization='max'), "'max'") for kind in ALL),
    (MultiLabelBCELoss, dict(label_smoothing=.5), 'below 0.5, got 0.5'),
    (MultiLabelBCELoss, dict(class_weight=[1., -1.]), 'class_weight must be'),
    (MultiLabelBCELoss, dict(pos_weight=float('nan')), 'pos_weight must be'),
    (MultiLabelFocalLoss, dict(alpha=2.), 'alpha=2.0'), (MultiLabelAsymmetricLoss, dict(clip=1.), 'clip=1.0'),
    (TwoWayLoss, dict(temperature_neg=0.), 'temperature_neg=0.0')])
def test_faults_are_named(kind, settings, match):
    with pytest.raises(ValueError, match=match):
        kind(**settings)
