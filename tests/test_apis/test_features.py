"""Which features of the cache are those of a config."""
import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.model import PretrainedInit
from timm_stand_in import put_into_place_of_timm

from kssnet_mm.apis.features import FeatureExtractor


@pytest.mark.parametrize('backbone', [
    lambda path: dict(init_cfg=dict(type='Pretrained', checkpoint=path)), lambda path: dict(pretrained=path),
    lambda path: dict(init_cfg=[dict(type='Kaiming', layer='Conv2d'), dict(type=PretrainedInit, checkpoint=path)])],
    ids=['init_cfg', 'pretrained', 'list'])
def test_other_weights_under_the_same_name_are_others(tmp_path, backbone):
    """mmpretrain's networks and mmaction2's name them differently."""
    weights = tmp_path / 'weights.pth'
    data = dict(dataset=dict(type='X', pipeline=[]))
    cfg = Config(dict(default_scope='mmpretrain', train_dataloader=data, test_dataloader=data,
                      model=dict(head=dict(type='Y'), backbone=dict(type='Z', **backbone(str(weights))))))
    names = []
    for content in (b'first', b'first', b'another'):
        if not weights.exists() or weights.read_bytes() != content:
            weights.write_bytes(content)
        names.append(FeatureExtractor(cfg, str(tmp_path)).folder('train'))
    assert names[0] == names[1] != names[2]


def extractor(folder, backbone):
    """Of a data set of two images of 2 x 2 pixels, with the values 2 and 4."""
    for value in (2, 4):
        cv2.imwrite(str(folder / f'{value}.png'), np.full((2, 2, 3), value, np.uint8))
    (folder / 'table.json').write_text('{"2.png": ["a"], "4.png": ["b"]}')
    loader = dict(dataset=dict(
        type='TableMultiLabel', ann_file='table.json', data_root=str(folder), metainfo=dict(classes=['a', 'b']),
        pipeline=[dict(type='LoadImageFromFile'), dict(type='PackInputs')]))
    return FeatureExtractor(Config(dict(
        default_scope='mmpretrain', train_dataloader=loader, test_dataloader=loader,
        model=dict(type='ImageClassifier', head=dict(type='KSSNetHead', num_classes=2, in_channels=4),
                   backbone=dict(type='LabelGraphBackbone', backbone=backbone)))), str(folder / 'cache'), device='cpu')


def test_pretrained_features_of_timm(tmp_path, monkeypatch):
    """By hand: weights of .5 make .5 * (2 + 2 + 2) = 3 and .5 * (4 + 4 + 4) = 6."""
    put_into_place_of_timm(monkeypatch)
    features = extractor(tmp_path, dict(type='timm.net', pretrained=True))('test').features
    np.testing.assert_allclose(features, [[3.] * 4, [6.] * 4])
