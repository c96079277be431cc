"""TRN for multi-label videos: mmaction2's logits, our loss and predictions, and its config of Charades."""
from pathlib import Path

import numpy as np
import pytest
import torch
from action_samples import action_sample
from mmaction.models.heads import TRNHead
from mmengine.config import Config
from mmengine.registry import DefaultScope

from kssnet_mm.registry import MODELS

CONFIG = Path(__file__).resolve().parents[2] / 'configs/trn_r50_charades.py'
N, C, T = 5, 6, 4
TARGETS = torch.tensor([[1., 0, 0, 1, 0], [0., 1, 0, 0, 0]])


@pytest.fixture
def heads():
    """Our head and mmaction2's own, with the same weights."""
    options = dict(num_segments=T, relation_type='TRNMultiScale', hidden_dim=3, dropout_ratio=0)
    with DefaultScope.overwrite_default_scope('mmaction'):
        ours = MODELS.build(dict(type='TRNVideoHead', num_classes=N, in_channels=C, thr=0.4,
                                 classifier=dict(type='mmaction.TRNHead', **options)))
        theirs = TRNHead(N, C, **options)
    theirs.load_state_dict(ours.classifier.state_dict())
    return ours, theirs


def seeded(function, *args, **kwargs):
    np.random.seed(3)  # the relations that mmaction2 draws
    return function(*args, **kwargs)


def test_logits_loss_and_predictions_are_those_of_mmactions_logits(heads):
    ours, theirs = heads
    x, samples = torch.randn(2 * T, C, 3, 3), [action_sample(target) for target in TARGETS]
    expected = seeded(theirs, x, num_segs=T)
    assert expected.shape == (2, N) and torch.equal(seeded(ours, x, num_segs=T), expected)
    assert torch.equal(seeded(ours, (x, ), num_segs=T), expected)
    loss = seeded(ours.loss, x, samples, num_segs=T)['loss_cls']
    torch.testing.assert_close(loss, torch.nn.functional.binary_cross_entropy_with_logits(expected, TARGETS))
    found = seeded(ours.predict, x, samples, num_segs=T)
    assert len(found) == 2
    for sample, logits in zip(found, expected):
        score = sample.pred_score if 'pred_score' in sample else sample.pred_scores.item
        label = sample.pred_label if 'pred_label' in sample else sample.pred_labels.item
        torch.testing.assert_close(score, logits.sigmoid())
        assert label.tolist() == [i for i, p in enumerate(logits.sigmoid()) if p >= 0.4]


def test_views_of_a_video_are_joined_by_the_mean_of_their_probabilities(heads):
    ours, theirs = heads
    x = torch.randn(3 * T, C, 2, 2)
    expected = seeded(theirs, x, num_segs=3 * T).sigmoid().mean(dim=0)
    sample, = seeded(ours.predict, x, [action_sample(TARGETS[0])], num_segs=3 * T)
    torch.testing.assert_close(sample.pred_score if 'pred_score' in sample else sample.pred_scores.item, expected)


def test_the_config_trains_and_predicts():
    cfg = Config.fromfile(CONFIG)
    cfg.model.backbone.update(depth=18, pretrained=None)
    cfg.model.cls_head.in_channels = 512
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model)
        model.init_weights()
    data = dict(inputs=[torch.randint(0, 255, (8, 3, 32, 32), dtype=torch.uint8)] * 2,
                data_samples=[action_sample(torch.eye(157)[k]) for k in range(2)])
    data = model.data_preprocessor(data, training=True)
    losses = model(**data, mode='loss')
    losses['loss_cls'].backward()
    assert all(p.grad is not None for p in model.parameters())
    model.eval()
    for sample in model(**data, mode='predict'):
        score = sample.pred_score if 'pred_score' in sample else sample.pred_scores.item
        assert score.shape == (157, ) and 0 < score.min() and score.max() < 1
        assert score.sum() > 2  # no softmax
