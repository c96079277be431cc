import pytest
import torch
import torch.nn as nn

from kssnet_mm.reports.complexity import count_parts, state_bytes
from kssnet_mm.registry import MODELS


def test_by_hand():
    """A ResNet-18 of 16 channels: only the parts of KSSNet are counted by hand."""
    n, channels = 7, (16, 32, 64, 128)
    backbone = dict(type='mmpretrain.ResNet', depth=18, base_channels=16, stem_channels=16)
    gcn = dict(type='LabelGCN', num_classes=n, in_channels=5, out_channels=channels)
    model = nn.Module()
    model.backbone = MODELS.build(dict(type='LabelGraphBackbone', backbone=backbone, gcn=gcn))
    model.head = MODELS.build(dict(type='KSSNetHead', num_classes=n, in_channels=128))
    rows = {row.name: row for row in count_parts(model, torch.zeros(1, 3, 64, 64))}
    sizes = list(zip((5, *channels), channels))
    # E W and A (E W) of each layer
    assert rows['GCN'].macs == sum(n * i * o + n * n * o for i, o in sizes)
    assert rows['GCN'].parameters == sum(i * o for i, o in sizes)
    # 64 / 4 = 16, 8, 4 positions a side; two products of N C, or one of C^2 and W_g tanh(E)
    expected = sum(min(2 * n * c, 10**9) * side**2 if c >= 2 * n else c * c * side**2 + c * c * n
                   for c, side in zip(channels[:3], (16, 8, 4)))
    assert rows['lateral connections'].macs == expected
    assert rows['head'].macs == 2 * n * 128
    assert rows['all'].macs == sum(row.macs for name, row in rows.items() if name != 'all')
    assert rows['all'].bytes == state_bytes(model)


@pytest.mark.parametrize('batch_norm', [True, False])
def test_only_convolutions_and_products_count(batch_norm):
    model = nn.Module()
    conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)
    model.backbone = nn.Sequential(conv, nn.BatchNorm2d(4)) if batch_norm else nn.Sequential(conv)
    model.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2))
    rows = count_parts(model, torch.zeros(1, 3, 8, 8))
    assert rows[-1].macs == 8 * 8 * 3 * 4 * 9 + 4 * 2
    assert state_bytes(nn.Linear(4, 2)) == 4 * 10
