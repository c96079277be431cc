"""A learned residual on the adjacency: it starts as the fixed graph, learns, and is a constant when deployed."""
import copy

import pytest
import torch
from mmengine.registry import DefaultScope
from reference import factors, gcn
from tiny_models import CLASSES, make

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.models.label_gcn import LabelGCN, label_keys
from kssnet_mm.models.other_labels import fit_labels
from kssnet_mm.registry import MODELS


def pair(**settings):
    """The same network with a fixed and with a learned graph."""
    fixed = LabelGCN(3, 5, (8, 6), **settings).double()
    fixed.adjacency.copy_(torch.tensor([[.6, .4, 0], [.4, .6, 0], [0, 0, 1]]))
    learned = LabelGCN(3, 5, (8, 6), learn_residual=True, **settings).double()
    learned.load_state_dict(fixed.state_dict(), strict=False)
    return fixed, learned


@pytest.mark.parametrize('rank', [None, 4])
def test_it_starts_as_the_fixed_graph_with_the_same_gradients(rank):
    fixed, learned = pair(rank=rank)
    for net in (fixed, learned):
        sum(output.square().sum() for output in net()).backward()
    assert len(fixed()) == len(learned()) > 1
    for a, b in zip(fixed(), learned()):
        assert torch.equal(a, b)
    for name, parameter in fixed.named_parameters():
        assert torch.equal(parameter.grad, learned.get_parameter(name).grad)


def test_the_gradient_of_one_layer_is_that_of_the_formula():
    """E = (A + R) E0 W: dL/dR = dL/dE (E0 W)^T, at labels without an edge too."""
    net = LabelGCN(3, 5, (4, ), learn_residual=True).double()
    probe = torch.randn(3, 4).double()
    (net()[0] * probe).sum().backward()
    torch.testing.assert_close(net.residual.grad, probe @ (net.embedding @ net.layers[0].weight).detach().t())
    assert (net.residual.grad != 0).all()


def test_every_layer_sums_over_graph_and_residual():
    _, net = pair()
    torch.nn.init.normal_(net.residual)
    expected = gcn(net.adjacency + net.residual, net.embedding, [factors(layer) for layer in net.layers])
    assert len(net()) == len(expected) > 1
    for output, wanted in zip(net(), expected):
        torch.testing.assert_close(output, wanted)


def test_initial_values_are_drawn_again_from_zero():
    _, net = pair()
    torch.nn.init.ones_(net.residual)
    net.init_weights()
    assert not net.residual.any() and net.residual.requires_grad
    assert 'residual' not in LabelGCN(3, 5, (4, )).state_dict()


@pytest.mark.parametrize('video', [False, True])
def test_a_deployed_model_has_it_in_its_constants(tmp_path, video):
    cfg, _ = make(tmp_path, video=video, gcn=dict(learn_residual=True))
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model).double().eval()
    torch.nn.init.normal_(model.backbone.gcn.residual)
    x = torch.randn(2, 3, *((8, 32, 32) if video else (64, 64))).double()
    deployed = switch_to_deploy(copy.deepcopy(model))
    with torch.no_grad():
        torch.testing.assert_close(logits(deployed, x), logits(model, x), rtol=1e-9, atol=1e-9)
        model.backbone.gcn.residual.zero_()
        assert not torch.allclose(logits(deployed, x), logits(model, x), rtol=1e-3)
    assert not [name for name in deployed.state_dict() if 'residual' in name]


def test_other_labels_take_over_the_pairs_that_both_know():
    old, new = LabelGCN(3, 5, (4, ), learn_residual=True), LabelGCN(4, 5, (4, ), learn_residual=True)
    torch.nn.init.normal_(old.residual)
    state = old.state_dict()
    fit = fit_labels(new, state, *(label_keys(names).tolist() for names in (CLASSES[:3], CLASSES[::-1])))
    expected = torch.zeros(4, 4)
    expected[1:, 1:] = old.residual.detach().flip(0, 1)  # the three stand in the opposite order, behind the new one
    assert torch.equal(state['residual'], expected) and fit.matched == ['residual']
