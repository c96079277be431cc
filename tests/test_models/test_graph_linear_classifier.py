"""The classifier whose weights are shared over a graph: formula, buffers, prior, deployed form."""
import numpy as np
import pytest
import torch

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import MODELS

LABELS = ['cat', 'dog', 'bus']
# cat and dog occur together, P of both is the other; bus stands alone.
ADJACENCY = np.array([[0, .5, 0], [.5, 0, 0], [0, 0, 0]])
SHARING = torch.tensor([[.7, .3, 0], [.3, .7, 0], [0, 0, 1]])


@pytest.fixture()
def file(tmp_path):
    LabelGraph(LABELS, ADJACENCY, label_counts=[[9, 19], [4, 19], [0, 19]]).save(tmp_path / 'graph.npz')
    return str(tmp_path / 'graph.npz')


def build(**settings):
    classifier = MODELS.build(dict(type='GraphLinearClassifier', num_classes=3, in_channels=5, **settings))
    classifier.init_weights()
    return classifier


@pytest.mark.parametrize('shape', [(2, 5, 3, 3), (2, 5, 4, 3, 3)])
def test_logits_equal_the_formula(file, shape):
    classifier = build(graph=file, eta=.3).eval()
    x = torch.randn(shape)
    expected = x.flatten(2).mean(2) @ (SHARING @ classifier.fc.weight).t() + classifier.fc.bias
    torch.testing.assert_close(classifier((x, )), expected)
    torch.testing.assert_close(classifier(x), expected)
    # a LabelGraphBackbone hands its embeddings on behind the feature map
    torch.testing.assert_close(classifier((x, torch.randn(2, 3, 5))), expected)


def test_label_embeddings_are_shared_as_well(file):
    """W = A (V + tanh(E)); E is the last output of a LabelGraphBackbone, the same for each image."""
    classifier = build(graph=file, eta=.3, embedding=True).eval()
    x, embedding = torch.randn(2, 5, 3, 3), torch.randn(3, 5)
    expected = x.mean((2, 3)) @ (SHARING @ (classifier.fc.weight + embedding.tanh())).t() + classifier.fc.bias
    torch.testing.assert_close(classifier((x, embedding.expand(2, 3, 5))), expected)
    torch.testing.assert_close(classifier.to_linear(embedding)(x), expected)
    with pytest.raises(ValueError, match='embedding=True .* this backbone has none'):
        classifier((x, ))


def test_the_first_logits_are_the_log_odds_of_the_label_frequencies(file):
    """(9 + .5) / 20 = .475, (4 + .5) / 20 = .225, .5 / 20 = .025."""
    bias = build(graph=file).fc.bias
    torch.testing.assert_close(bias.sigmoid(), torch.tensor([.475, .225, .025]))


def test_without_a_graph_it_is_a_linear_layer():
    classifier = build().eval()
    x = torch.randn(2, 5, 3, 3)
    torch.testing.assert_close(classifier(x), classifier.fc(x.mean((2, 3))))
    assert not classifier.label_keys.any()


def test_a_checkpoint_brings_the_graph(file):
    trained, fresh = build(graph=file), build()
    fresh.load_state_dict(trained.state_dict())
    torch.testing.assert_close(fresh.sharing, SHARING)
    assert fresh.label_keys.tolist() == label_keys(LABELS).tolist()


def test_gradients_reach_a_label_through_its_neighbour(file):
    classifier = build(graph=file, eta=.3, dropout=0.)
    classifier(torch.ones(1, 5, 1, 1))[0, 0].backward()
    torch.testing.assert_close(classifier.fc.weight.grad, torch.tensor([[.7], [.3], [0.]]).expand(3, 5))


def test_deployed_it_is_one_linear_layer(file):
    classifier = build(graph=file, pool='max').eval()
    linear = classifier.to_linear()
    x = torch.randn(2, 5, 3, 3)
    torch.testing.assert_close(linear(x), classifier(x))
    assert linear.label_keys.tolist() == label_keys(LABELS).tolist()
    with pytest.raises(RuntimeError, match='deployed'):
        classifier.load_state_dict(linear.state_dict())


@pytest.mark.parametrize('settings, message', [(dict(eta=2), 'eta .* got 2'), (dict(pool='sum'), "got 'sum'")])
def test_settings_are_checked_at_construction(settings, message):
    with pytest.raises(ValueError, match=message):
        build(**settings)


def test_a_graph_of_other_labels_is_refused(file):
    classifier = MODELS.build(dict(type='GraphLinearClassifier', num_classes=4, in_channels=5, graph=file))
    with pytest.raises(ValueError, match='3 labels, the classifier num_classes=4'):
        classifier.init_weights()
