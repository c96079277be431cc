"""The multi-label loss against torch and against mmpretrain's."""
import pytest
import torch
import torch.nn as nn
from mmpretrain.models.losses import CrossEntropyLoss

from kssnet_mm.models import MultiLabelBCELoss

LOGITS = torch.randn(6, 9)
TARGETS = (torch.rand(6, 9) > 0.6).float()


def test_mean_is_torchs_soft_margin_loss():
    torch.testing.assert_close(MultiLabelBCELoss()(LOGITS, TARGETS, avg_factor=6),
                               nn.MultiLabelSoftMarginLoss()(LOGITS, TARGETS))


def test_sum_is_mmpretrains_and_nine_times_larger():
    loss = MultiLabelBCELoss(normalization='sum')(LOGITS, TARGETS)
    torch.testing.assert_close(loss, CrossEntropyLoss(use_sigmoid=True)(LOGITS, TARGETS, avg_factor=6))
    torch.testing.assert_close(loss, 9 * MultiLabelBCELoss()(LOGITS, TARGETS))


def test_ignored_targets_do_not_count_and_have_no_gradient():
    targets = TARGETS.clone()
    targets[0, :5] = -1  # 49 of 54 remain
    for normalization, count in (('mean', 49), ('sum', 6)):
        logits = LOGITS.clone().requires_grad_()
        loss = MultiLabelBCELoss(normalization=normalization)(logits, targets)
        known = nn.functional.binary_cross_entropy_with_logits(LOGITS, TARGETS, reduction='none')[targets >= 0]
        torch.testing.assert_close(loss, known.sum() / count)
        loss.backward()
        expected = (LOGITS.sigmoid() - TARGETS) / count
        expected[0, :5] = 0
        torch.testing.assert_close(logits.grad, expected)


def test_a_batch_of_ignored_targets_alone_gives_zero():
    assert MultiLabelBCELoss()(LOGITS, -torch.ones(6, 9)).item() == 0


def test_bad_normalization_is_named():
    with pytest.raises(ValueError, match="'max'"):
        MultiLabelBCELoss(normalization='max')
