"""LabelGCN against eq. 6."""
import numpy as np
import pytest
import torch
from reference import factors, gcn

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.models.label_gcn import LabelGCN, label_keys, normalize_mlgcn


def graph(labels=('cat', 'dog', 'car'), dim=5):
    adjacency = np.array([[.6, .4, 0], [.4, .6, 0], [0, 0, 0]], dtype=np.float32)
    embedding = np.arange(len(labels) * dim, dtype=np.float32).reshape(len(labels), dim)
    return LabelGraph(list(labels), adjacency, None, None, embedding, {})


@pytest.mark.parametrize('rank', [None, 4, 'released'])
@pytest.mark.parametrize('bias', [False, True])
def test_equals_formula_with_gradients(rank, bias):
    net = LabelGCN(3, 5, (8, 6, 7), rank=rank, bias=bias).double()
    net.load_graph(graph())
    if bias:
        for layer in net.layers:
            torch.nn.init.normal_(layer.bias)
    expected = gcn(net.adjacency, net.embedding, [factors(layer) for layer in net.layers])
    probe = [torch.randn_like(e) for e in expected]
    grads = []
    for outputs in (net(), expected):
        loss = sum((o * p).sum() for o, p in zip(outputs, probe))
        grads.append(torch.autograd.grad(loss, list(net.parameters())))
    assert len(net()) == len(expected) == 3
    for out, exp in zip(net(), expected):
        torch.testing.assert_close(out, exp, rtol=1e-12, atol=1e-12)
    for ours, theirs in zip(*grads):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)


def test_released_rank_is_the_larger_of_32_and_an_eighth():
    net = LabelGCN(3, 300, (192, 480), rank='released')
    assert net.layers[0].weight1.shape == (300, 61)  # (300 + 192) // 8 = 61
    assert LabelGCN(3, 5, (8, ), rank='released').layers[0].weight2.shape == (32, 8)


def test_graph_fills_normalised_buffers_and_isolated_label_stays_zero():
    net = LabelGCN(3, 5, (4, ))
    net.load_graph(graph())
    # rows of the connected pair sum to 1, so that D = I and A' = A; the third label is isolated
    expected = [[.6, .4, 0], [.4, .6, 0], [0, 0, 0]]
    torch.testing.assert_close(net.adjacency, torch.tensor(expected))
    assert torch.equal(net.embedding, torch.arange(15.).reshape(3, 5))
    assert torch.equal(net.label_keys, label_keys(['cat', 'dog', 'car']))


@pytest.mark.parametrize('normalize, expected', [
    ('none', [[1, .25, 0], [0, 1, 0], [0, 0, .5]]),
    ('symmetric', [[.8, .25 * .8**.5, 0], [0, 1, 0], [0, 0, 1]]),
    ('mlgcn', [[.8, 0, 0], [.25 * .8**.5, 1, 0], [0, 0, 1]])])
def test_the_graph_is_normalised_as_asked(normalize, expected):
    """By hand: the rows sum to 1.25, 1 and .5; ML-GCN's form transposes."""
    net = LabelGCN(3, 5, (4, ), normalize=normalize)
    adjacency = np.array([[1, .25, 0], [0, 1, 0], [0, 0, .5]], dtype=np.float32)
    net.load_graph(LabelGraph(['cat', 'dog', 'car'], adjacency, None, None, graph().embedding, {}))
    torch.testing.assert_close(net.adjacency, torch.tensor(expected))


def test_label_keys_ignore_case_and_underscores_but_not_names():
    assert torch.equal(label_keys(['Traffic_Light ']), label_keys(['traffic light']))
    assert label_keys(['cat']) != label_keys(['dog'])


def test_mlgcn_normalisation_by_hand():
    a = np.array([[1., .25], [.0, 1.]])
    # D = diag(1.25, 1): (A D)^T D
    d = np.diag(np.array([1.25, 1.])**-.5)
    np.testing.assert_allclose(normalize_mlgcn(a), (a @ d).T @ d, rtol=1e-12)
    assert normalize_mlgcn(a)[0, 1] == 0 and normalize_mlgcn(a)[1, 0] > 0


@pytest.mark.parametrize('classes, dim, message', [
    (3, 4, '4-d embeddings'), (4, 5, '3 labels, the model num_classes=4')])
def test_a_graph_of_another_size_is_named(classes, dim, message):
    with pytest.raises(ValueError, match=message):
        LabelGCN(classes, 5, (4, )).load_graph(graph(dim=dim))


@pytest.mark.parametrize('kwargs, message', [
    (dict(num_classes=0), 'num_classes'),
    (dict(num_classes=2, out_channels=()), 'out_channels'),
    (dict(num_classes=2, rank='half'), 'rank'),
    (dict(num_classes=2, normalize='rows'), 'normalize'),
])
def test_bad_settings_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        LabelGCN(**kwargs)


def test_init_weights_reads_a_built_graph(tmp_path):
    path = str(tmp_path / 'graph.npz')
    graph().save(path)
    net = LabelGCN(3, 5, (4, ), graph=path)
    net.init_weights()
    assert torch.equal(net.embedding, torch.arange(15.).reshape(3, 5))
    copy = LabelGCN(3, 5, (4, ))
    copy.load_state_dict(net.state_dict())
    assert torch.equal(copy.adjacency, net.adjacency) and torch.equal(copy.label_keys, net.label_keys)
