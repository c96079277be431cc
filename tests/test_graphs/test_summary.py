"""What a config asks for."""
from kssnet_mm.graphs.summary import find_builder_config


def test_find_builder_config():
    inner = dict(type='kssnet_mm.LabelGraphBuilder', lam=1)
    assert find_builder_config(dict(model=[dict(gcn=dict(graph=inner))])) is inner
    assert find_builder_config(dict(model=inner, label_graph=dict(lam=2))) == dict(lam=2)
    assert find_builder_config(dict(model=dict(type='ResNet'))) is None
