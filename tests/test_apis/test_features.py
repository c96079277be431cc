"""Which features of the cache are those of a config."""
import pytest
from mmengine.config import Config

from kssnet_mm.apis.features import FeatureExtractor


@pytest.mark.parametrize('backbone', [
    lambda path: dict(init_cfg=dict(type='Pretrained', checkpoint=path)), lambda path: dict(pretrained=path)],
    ids=['init_cfg', 'pretrained'])
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
