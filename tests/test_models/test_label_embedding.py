import pytest
import torch

from kssnet_mm.models import LabelEmbedding, LabelGCN
from kssnet_mm.models.heads import LinearClassifier
from kssnet_mm.registry import MODELS


def test_takes_the_place_of_a_gcn():
    backbone = MODELS.build(dict(
        type='LabelGraphBackbone', backbone=dict(type='mmpretrain.ResNet', depth=18, base_channels=8, stem_channels=8),
        gcn=dict(type='LabelEmbedding', num_classes=5, out_channels=(8, 16, 32, 64))))
    feature, embedding = backbone(torch.randn(2, 3, 32, 32))
    assert feature.shape == (2, 64, 1, 1) and embedding.shape == (2, 5, 64)
    (feature.sum() + embedding.square().sum()).backward()
    assert all(p.grad is not None for p in backbone.gcn.parameters())
    with pytest.raises(ValueError, match='0'):
        LabelEmbedding(5, (8, 0))


@pytest.mark.parametrize('init, deviation', [('kaiming', (2 / 300)**0.5), ('uniform', (1 / 3 / 256)**0.5)])
def test_initial_gcn_weights(init, deviation):
    """He: std sqrt(2 / rows). U(-b, b) with b = 1 / sqrt(columns): std b / sqrt(3)."""
    weight = LabelGCN(4, 300, (256, ), weight_init=init).layers[0].weight
    assert weight.std().item() == pytest.approx(deviation, rel=0.02)
    if init == 'uniform':
        assert weight.abs().max() <= 256**-0.5
    with pytest.raises(ValueError, match="'xavier'"):
        LabelGCN(4, weight_init='xavier')


def test_pathways_are_pooled_and_joined():
    classifier = LinearClassifier(3, 5, pathways=2, dropout=0.0)
    slow, fast = torch.randn(2, 4, 2, 3, 3), torch.randn(2, 1, 8, 3, 3)
    pooled = torch.cat([slow.mean(dim=(2, 3, 4)), fast.mean(dim=(2, 3, 4))], dim=1)
    torch.testing.assert_close(classifier((slow, fast)), classifier.fc(pooled))
