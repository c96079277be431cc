"""Connections that are folded into weights for the time of a step, and where that cannot be done."""
import pytest
import torch
from backbone_cases import FOUR, IMAGE, R18, RESNET, THREE, N, build, checkpoint_blocks
from mmengine.runner.activation_checkpointing import turn_on_activation_checkpointing
from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import checkpoint_wrapper

from kssnet_mm.models.backbones.stages import run_stage
from kssnet_mm.registry import MODELS


def count_calls(model):
    calls = []
    for name, connection in model.laterals.items():
        connection.register_forward_hook(lambda *_, name=name: calls.append(name))
    return calls


def weight_norm(model):
    for name in ('layer2', 'layer3', 'layer4'):
        torch.nn.utils.weight_norm(getattr(model.backbone, name)[0].conv1)


def checkpoint_stages(model):
    turn_on_activation_checkpointing(model, [f'backbone.{name}' for name in FOUR])


@pytest.mark.parametrize('backbone, change, calls', [
    (RESNET, lambda model: None, []), (dict(RESNET, with_cp=True), lambda model: None, [*THREE]),
    (RESNET, checkpoint_blocks, [*THREE]), (RESNET, checkpoint_stages, [*THREE]), (RESNET, weight_norm, [*THREE])],
    ids=['folded', 'with_cp', 'mmengine-blocks', 'mmengine-stages', 'weight-norm'])
def test_nothing_is_folded_where_a_weight_cannot_be_replaced(backbone, change, calls):
    """The connections run by themselves there; gradients are the same in any case."""
    plain, model = build(RESNET), build(backbone, fold=True)
    model.load_state_dict(plain.state_dict())
    change(model)
    if change is weight_norm:
        change(plain)
    called, x = count_calls(model), torch.randn(IMAGE, dtype=torch.double)
    grads = []
    for net in (plain.double(), model.double()):
        net.train()
        net(x.clone().requires_grad_())[0].square().sum().backward()
        grads.append([p.grad for p in net.parameters() if p.grad is not None])
    assert called == calls and len(grads[0]) == len(grads[1]) > 60
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-7, atol=1e-7)


def test_unknown_recomputation_is_refused():
    """A wrapper that nobody told us of runs the block again in the backward pass, without its folded weight."""
    model = build(RESNET, fold=True).train()
    block = model.backbone.layer2[0]
    model.backbone.layer2[0] = wrapped = checkpoint_wrapper(block)
    # by itself the block may run as often as it likes
    assert wrapped(torch.randn(1, 64, 8, 8, requires_grad=True)).requires_grad
    outputs = model(torch.randn(IMAGE))
    with pytest.raises(RuntimeError, match='computed again in the backward pass.* set fold=False'):
        outputs[0].sum().backward()


def test_nothing_is_folded_past_a_run_of_a_stage_that_is_not_known():
    class Doubled(MODELS.get('mmpretrain.ResNet')):
        pass

    @run_stage.register
    def _(backbone: Doubled, name: str, x: torch.Tensor) -> torch.Tensor:
        return 2 * run_stage.dispatch(MODELS.get('mmpretrain.ResNet'))(backbone, name, x)

    MODELS.register_module(module=Doubled, force=True)
    assert build(RESNET, fold=True).folded and not build(dict(RESNET, type='Doubled'), fold=True).folded


def test_folds_into_convolutions_alone():
    """Not into what returns the connection's own output; the connection has to know how."""
    assert build(dict(RESNET, out_indices=(1, 3)), fold=True).folded == {
        'layer2': ('layer1', ('0.conv1', '0.downsample.0')), 'layer4': ('layer3', ('0.conv1', '0.downsample.0'))}
    with pytest.raises(ValueError, match='Identity .* set fold=False'):
        MODELS.build(dict(type='LabelGraphBackbone', backbone=RESNET, fold=True, lateral=dict(type=torch.nn.Identity),
                          gcn=dict(type='LabelGCN', num_classes=N, in_channels=7, out_channels=R18)))


def test_folded_weights_are_float32_under_autocast():
    """1 + M is 1 in bfloat16 for an M of 1e-3, and W (I + M) then W."""
    model = build(RESNET, fold=True).eval()
    connection, embedding = model.laterals['layer1'], model.gcn()[0]
    connection.weight.data.mul_(1e-3)
    weight = model.backbone.layer2[0].conv1.weight
    with torch.autocast('cpu', dtype=torch.bfloat16):
        folded = connection.fold(weight, embedding)
        assert model(torch.randn(IMAGE))[0].dtype is torch.bfloat16
    expected = torch.einsum('ocij,cd->odij', weight, connection.weight @ torch.tanh(embedding))
    torch.testing.assert_close(folded - weight, expected, rtol=1e-3, atol=1e-6)
