"""Connections that the pool after them applies, against calls of the connections."""
import pytest
import torch
from backbone_cases import build
from mmengine.runner.activation_checkpointing import turn_on_activation_checkpointing
from torch.utils.checkpoint import checkpoint

from kssnet_mm.models.backbones import separable_max_pool
from kssnet_mm.models.necks import LateralConnection
from kssnet_mm.models.necks.position_map import maps_in_pieces

I3D, CHANNELS = dict(type='InceptionI3D'), (192, 480, 832, 1024)
STAGES = ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')
VIDEO = (2, 3, 8, 32, 32)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    for name in ('WHOLE', 'FIRST_PIECE', 'LAST_PIECE'):
        monkeypatch.setattr(separable_max_pool, name, 64)


def model_and_input(form='auto', layout=torch.contiguous_format, backbone=I3D, stages=STAGES):
    torch.manual_seed(0)
    model = build(backbone, CHANNELS, stages, form=form).eval().double()
    return model.to(memory_format=layout), torch.randn(VIDEO, dtype=torch.double).contiguous(memory_format=layout)


def outputs_of_calls(model, x):
    """What the model gives where every connection is called, as hooks make sure."""
    handles = [lateral.register_forward_hook(lambda *_: None) for lateral in model.laterals.values()]
    outputs = model(x)
    for handle in handles:
        handle.remove()
    return outputs


@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last_3d])
@pytest.mark.parametrize('form', ['pair', 'fused'])
@pytest.mark.parametrize('deployed', [False, True])
def test_equals_calls_of_the_connections(monkeypatch, form, layout, deployed):
    model, x = model_and_input(form, layout)
    expected = [output.detach() for output in outputs_of_calls(model, x)]
    if deployed:
        model.switch_to_deploy()
    calls = count_calls(model, monkeypatch)
    with torch.no_grad():
        for found, other in zip(model(x), expected):
            torch.testing.assert_close(found, other, rtol=1e-10, atol=1e-10)
    assert calls == []


@pytest.mark.parametrize('layout', [torch.contiguous_format, torch.channels_last_3d])
@pytest.mark.parametrize('form', ['pair', 'fused'])
@pytest.mark.parametrize('samples', [1, 2])
@pytest.mark.parametrize('with_cp', [False, True])
def test_gradients_equal_those_of_calls(monkeypatch, form, layout, samples, with_cp):
    model, x = model_and_input(form, layout, dict(I3D, norm_eval=True))
    model.train()
    for lateral in model.laterals.values():
        lateral.with_cp = with_cp
    x = x[:samples].contiguous(memory_format=layout).requires_grad_()

    def gradients(run):
        found = torch.autograd.grad(sum(output.square().sum() for output in run(x)),
                                    [x, *(p for p in model.parameters() if p.requires_grad)], allow_unused=True)
        return [gradient for gradient in found if gradient is not None]

    expected = gradients(lambda x: outputs_of_calls(model, x))
    calls, mixed = count_calls(model, monkeypatch), []
    for lateral in model.laterals.values():
        assert lateral.weight.requires_grad
        lateral.position_map = lambda *a, call=lateral.position_map, **k: mixed.append(call(*a, **k)) or mixed[-1]
    found = gradients(model)
    assert calls == [] and len(mixed) == 3 and len(found) == len(expected) > 100
    assert all((connect.func is checkpoint) == with_cp for connect in mixed)
    for gradient, other in zip(found, expected):
        torch.testing.assert_close(gradient, other, rtol=1e-8, atol=1e-8 * other.abs().max().item())


def count_calls(model, monkeypatch):
    """Names of the connections that are called, noted by the forward of their class: unknown to the model."""
    calls, names = [], {id(lateral): name for name, lateral in model.laterals.items()}

    def noting(kind):
        forward = kind.forward
        return lambda self, *inputs: calls.append(names[id(self)]) or forward(self, *inputs)

    for kind in {type(lateral) for lateral in model.laterals.values()}:
        monkeypatch.setattr(kind, 'forward', noting(kind))
    return calls


def test_hooks_are_served():
    """One on a connection is called; those on the stages see what these give and get."""
    model, x = model_and_input()
    with torch.no_grad():
        expected = model(x)[0]
        kept, stage = [], model.backbone.Mixed_3c
        handle = stage.register_forward_hook(lambda module, inputs, output: kept.extend([output, output.clone()]))
        torch.testing.assert_close(model(x)[0], expected, rtol=1e-10, atol=1e-10)
        assert len(kept) == 2 and torch.equal(*kept)
        handle.remove()
        seen, pool = [], model.backbone.MaxPool3d_4a_3x3
        for register in (pool.register_forward_pre_hook, pool.register_forward_hook):
            handle = register(lambda module, inputs, *_: seen.append(inputs))
            model(x)
            handle.remove()
        assert [len(inputs) for inputs in seen] == [1, 1]  # no map beside it: the connection was called
        calls = []
        for name, lateral in model.laterals.items():
            lateral.register_forward_hook(lambda *_, name=name: calls.append(name))
        torch.testing.assert_close(model(x)[0], expected, rtol=1e-10, atol=1e-10)
        assert calls == list(STAGES)


@pytest.mark.parametrize('kind', ['register_full_backward_hook', 'register_full_backward_pre_hook'])
def test_backward_hooks_are_served(monkeypatch, kind):
    """On a connection, and on the pool after one, whose gradient is that of the connection's output."""
    model, x = model_and_input()
    shapes = []
    for name in ('laterals.Conv3d_2c_3x3', 'backbone.MaxPool3d_4a_3x3'):
        getattr(model.get_submodule(name), kind)(lambda module, grads, *_: shapes.append(grads[0].shape[1]))
    calls = count_calls(model, monkeypatch)
    sum(output.sum() for output in model(x)).backward()
    assert calls == ['Conv3d_2c_3x3', 'Mixed_3c'] and shapes == [480, 192]


@pytest.mark.parametrize('name', ['laterals.Mixed_3c', 'backbone.MaxPool3d_4a_3x3'])
def test_activation_checkpointing_by_mmengine(monkeypatch, name):
    """It replaces the forward of one module, a connection or the pool after it."""
    model, x = model_and_input()
    x.requires_grad_()

    def gradients(outputs):
        model.zero_grad()
        sum(output.square().sum() for output in outputs).backward()  # the embedding among them, as for the head
        return [p.grad.clone() for p in (*model.gcn.parameters(), *model.laterals.parameters())]

    expected = gradients(outputs_of_calls(model, x))
    turn_on_activation_checkpointing(model, [name])
    names, mapped = {id(lateral): name for name, lateral in model.laterals.items()}, []
    position_map = LateralConnection.position_map
    monkeypatch.setattr(LateralConnection, 'position_map', lambda self, *inputs, **settings: mapped.append(
        names[id(self)]) or position_map(self, *inputs, **settings))
    found = gradients(model(x))
    assert mapped == ['Conv3d_2c_3x3', 'Mixed_4f']
    for gradient, other in zip(found, expected):
        torch.testing.assert_close(gradient, other, rtol=1e-8, atol=1e-8 * other.abs().max().item())


def test_an_output_that_is_asked_for_is_the_connections(monkeypatch):
    model, x = model_and_input(backbone=dict(I3D, out_indices=(2, 4)))
    expected = [output.detach() for output in outputs_of_calls(model, x)]
    calls = count_calls(model, monkeypatch)
    with torch.no_grad():
        for found, other in zip(model(x), expected):
            torch.testing.assert_close(found, other, rtol=1e-10, atol=1e-10)
    assert calls == ['Mixed_3c']


def test_the_last_stage_has_no_pool_after_it(monkeypatch):
    model, x = model_and_input(stages=(*STAGES[:2], 'Mixed_4f', 'Mixed_5c'))
    with torch.no_grad():
        calls = count_calls(model, monkeypatch)
        model(x)
    assert calls == ['Mixed_5c']


class Gathering(LateralConnection):
    """Stands for a class that does something of its own around the connection."""

    def forward(self, x, embedding):
        return super().forward(x, embedding)


def test_other_classes_are_called():
    stage = torch.nn.Identity()
    assert maps_in_pieces(LateralConnection(5, 4), stage, stage)
    assert not maps_in_pieces(Gathering(5, 4), stage, stage)
    assert not maps_in_pieces(torch.nn.Sequential(LateralConnection(5, 4)), stage, stage)


def test_a_deployed_network_keeps_its_scores(monkeypatch):
    """In float32, where pieces change the order of sums, as large as they are by default."""
    monkeypatch.undo()
    model, x = model_and_input()
    model, x = model.float(), torch.randn(1, 3, 16, 224, 224)
    expected = outputs_of_calls(model, x)[0].detach()
    model.switch_to_deploy()
    with torch.inference_mode():
        torch.testing.assert_close(model(x)[0], expected, rtol=1e-4, atol=1e-4 * expected.abs().max().item())
