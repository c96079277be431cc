"""Logits refined over a graph: the start, the edges, the gradient, the deployed form."""
import copy

import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from tiny_models import CLASSES, make

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.graphs import LabelGraph
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.models.other_labels import fit_labels
from kssnet_mm.registry import MODELS

LABELS = ['cat', 'dog', 'bus']
PLAIN = dict(type='LinearClassifier', dropout=0.)


@pytest.fixture()
def file(tmp_path):
    """cat takes from dog; bus has no edge but to itself."""
    LabelGraph(LABELS, np.array([[1, .5, 0], [0, 1, 0], [0, 0, 1]])).save(tmp_path / 'refined.npz')
    return str(tmp_path / 'refined.npz')


def build(classifier=PLAIN, **settings):
    made = MODELS.build(dict(type='RefinedClassifier', num_classes=3, in_channels=5, classifier=classifier,
                             **settings))
    made.init_weights()
    return made


def test_it_starts_as_the_classifier_that_it_refines(file):
    refined, x = build(dict(PLAIN, prior=[.1, .2, .3]), graph=file), torch.randn(2, 5, 3, 3)
    assert torch.equal(refined(x), refined.classifier(x))
    torch.testing.assert_close(refined.classifier.fc.bias.sigmoid(), torch.tensor([.1, .2, .3]))
    assert torch.equal(refined.pooled(x), x.mean((2, 3)))


def test_only_linked_labels_refine_each_other(file):
    refined, x = build(graph=file), torch.randn(2, 5, 3, 3)
    refined.refinement.data.fill_(2.)
    z = refined.classifier(x)
    expected = torch.stack([z[:, 0] + 2 * z[:, 1], z[:, 1] + 2 * z[:, 0], z[:, 2]], dim=1)
    torch.testing.assert_close(refined(x), expected)
    # without a graph all do
    every = build()
    every.load_state_dict(dict(refined.state_dict(), edges=every.edges))
    torch.testing.assert_close(every(x), 2 * z.sum(1, keepdim=True) - z)


def test_the_gradient_at_the_start_is_that_of_the_formula(file):
    refined, x = build(graph=file), torch.randn(2, 5, 3, 3)
    probe = torch.randn(2, 3)
    (refined(x) * probe).sum().backward()
    expected = probe.t() @ refined.classifier(x).detach() * torch.tensor([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    torch.testing.assert_close(refined.refinement.grad, expected)
    assert refined.classifier.fc.weight.grad.any()


@pytest.mark.parametrize('control, linked', [('identity', 0), ('shuffle', 2)])
def test_controls_are_the_builders(file, control, linked):
    refined = build(graph=dict(type='LabelGraphBuilder', file=file, control=control))
    assert refined.edges.sum() == linked and refined.label_keys.tolist() == label_keys(LABELS).tolist()


def model_of(folder, **classifier):
    """A tiny image model whose classifier is refined, with random R."""
    graph = classifier['type'] == 'LabelGraphClassifier'
    cfg, _ = make(folder, graph=graph)
    cfg.model.head.classifier = dict(type='RefinedClassifier', classifier=classifier, graph=str(folder / 'graph.npz'))
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model).double().eval()
    model.init_weights()
    torch.nn.init.normal_(model.head.classifier.refinement)
    torch.nn.init.normal_(model.head.classifier.classifier.fc.bias)
    return model


@pytest.mark.parametrize('kind', ['LabelGraphClassifier', 'LinearClassifier', 'GraphLinearClassifier'])
def test_a_deployed_model_has_one_linear_layer(tmp_path, kind):
    model, x = model_of(tmp_path, type=kind), torch.randn(2, 3, 64, 64).double()
    deployed = switch_to_deploy(copy.deepcopy(model))
    with torch.no_grad():
        torch.testing.assert_close(logits(deployed, x), logits(model, x), rtol=1e-9, atol=1e-9)
        model.head.classifier.refinement.zero_()
        assert not torch.allclose(logits(deployed, x), logits(model, x), rtol=1e-3)
    assert type(deployed.head.classifier).__name__ == 'LinearClassifier'
    assert deployed.head.classifier.label_keys.tolist() == label_keys(CLASSES).tolist()
    with pytest.raises(RuntimeError, match='deployed'):
        model.load_state_dict(deployed.state_dict(), strict=False)
    # nor would a linear layer take the weights of a classifier that has its graph beside them
    with pytest.raises(RuntimeError, match='the model is deployed, the weights are not'):
        deployed.head.classifier.load_state_dict(model.head.classifier.state_dict(), strict=False)


def test_other_labels_take_over_the_pairs_that_both_know():
    old, new = build(), MODELS.build(dict(type='RefinedClassifier', num_classes=2, in_channels=5, classifier=PLAIN))
    torch.nn.init.normal_(old.refinement)
    state = old.state_dict()
    fit_labels(new, state, label_keys(LABELS).tolist(), label_keys(['bus', 'cow']).tolist())
    expected = torch.zeros(2, 2)
    expected[0, 0] = old.refinement[2, 2]
    assert torch.equal(state['refinement'], expected)
    assert torch.equal(state['classifier.fc.weight'][0], old.classifier.fc.weight[2])


def test_what_has_no_linear_form_is_refused(file):
    MODELS.register_module('NoLinearForm', module=torch.nn.Identity, force=True)
    with pytest.raises(ValueError, match='an? Identity cannot be refined'):
        build(dict(type='NoLinearForm'))
    with pytest.raises(ValueError, match='3 labels, the classifier num_classes=4'):
        made = MODELS.build(dict(type='RefinedClassifier', num_classes=4, in_channels=5, classifier=PLAIN, graph=file))
        made.init_weights()
