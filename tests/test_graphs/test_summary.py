"""What a config asks for."""
import pytest

from kssnet_mm.graphs.summary import find_builder_config


def test_find_builder_config():
    inner = dict(type='kssnet_mm.LabelGraphBuilder', lam=1)
    config = dict(model=dict(backbone=dict(gcn=dict(graph=inner))))
    assert find_builder_config(config) is inner
    for head in ('head', 'cls_head'):  # a plain backbone whose classifier has the graph
        plain = dict(model={'backbone': dict(type='A'), head: dict(classifier=dict(graph=inner))})
        assert find_builder_config(plain) is inner
    for empty in (dict(), dict(model=dict(type='ResNet')), dict(model=dict(backbone=None))):
        assert find_builder_config(empty) is None
    with pytest.raises(ValueError, match='described at model.backbone.gcn.graph; move the top-level label_graph'):
        find_builder_config(dict(config, label_graph=dict(lam=2)))
    with pytest.raises(ValueError, match='names the file g.npz'):
        find_builder_config(dict(model=dict(backbone=dict(gcn=dict(graph='g.npz')))))
