import copy
from pathlib import Path

import pytest
import torch
from deploy_cases import CASES, NORMS, build
from mmengine.config import Config

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.verify import check_equal
from kssnet_mm.models.heads import LinearClassifier
from kssnet_mm.models.constant_connection import ConstantConnection
from kssnet_mm.registry import MODELS


@pytest.mark.parametrize('case, fuse_norm', [(case, False) for case in CASES] + [
    (case, True) for case in ('r18', 'r50', 'mobilenet', 'inception', 'r3d50', 'r3d34')])
def test_deployed_equals_trained(case, fuse_norm):
    model, x = build(case), torch.randn(CASES[case].shape).double()
    deployed = switch_to_deploy(copy.deepcopy(model).double(), fuse_norm=fuse_norm)
    assert deployed.backbone.stages == CASES[case].left and deployed.backbone.gcn is None
    assert not [name for name, _ in deployed.named_parameters() if 'gcn' in name]
    norms = [sum(isinstance(module, NORMS) for module in net.modules()) for net in (model, deployed)]
    assert norms[0] > 10 and norms[1] == (0 if fuse_norm else norms[0])
    with torch.no_grad():
        scale = logits(model.double(), x).abs().max()
        assert 0.5 < scale < 50  # else an absolute bound would say nothing, or ask for the impossible
    check_equal(model.float(), deployed)
    # what is left is told by the settings alone
    rebuilt = MODELS.build(dict(type='LabelGraphBackbone', backbone=CASES[case].backbone, fuse_norm=fuse_norm,
                                deployed=deployed.backbone.deployed))
    rebuilt.double().load_state_dict(deployed.backbone.state_dict())
    with torch.no_grad():
        for a, b, c in zip(rebuilt.eval()(x), deployed.backbone(x), model.double().backbone(x)):
            torch.testing.assert_close(a, b)
            torch.testing.assert_close(b, c, rtol=1e-9, atol=1e-10)


def test_the_mobilenet_case_is_the_configs():
    root = Path(__file__).resolve().parents[2]
    cfg = Config.fromfile(root / 'configs/kssnet_mobilenet-v2_coco-mini.py').model.backbone
    case = CASES['mobilenet_mini']
    assert tuple(cfg.stages) == case.stages and tuple(cfg.gcn.out_channels) == (*case.channels, case.last)


@pytest.mark.parametrize('classifier', [dict(), dict(pool='max', tanh=False, fc=False)])
def test_loops_over_modules_and_what_completes_them(classifier):
    """The convention of mmpretrain's re-parameterised backbones: a method of modules, without arguments."""
    model, x = build('r50_narrow', **classifier), torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        expected = logits(model, x)
        for module in list(model.modules()):
            if hasattr(module, 'switch_to_deploy'):
                module.switch_to_deploy()
        assert model.backbone.gcn is None and len(model.backbone.laterals) == 3
        # the head still reads the embedding, a constant now
        assert not isinstance(model.head.classifier, LinearClassifier)
        assert (logits(model, x) - expected).abs().max() < 1e-4
        switch_to_deploy(model)
        assert isinstance(model.head.classifier, LinearClassifier) and model.backbone.embedding is None
        assert not model.backbone.laterals  # folded
        assert (logits(model, x) - expected).abs().max() < 1e-4
        for module in model.modules():  # again: nothing left to do, in plain models neither
            if hasattr(module, 'switch_to_deploy'):
                module.switch_to_deploy()
        assert (logits(model, x) - expected).abs().max() < 1e-4


@pytest.mark.parametrize('case', ['r18', 'r3d18'])
def test_the_head_keeps_the_label_keys(case):
    model = build(case)
    keys = model.backbone.gcn.label_keys.clone()
    assert keys.unique().numel() == 7
    deployed = switch_to_deploy(model)
    kept = {name: value for name, value in deployed.state_dict().items() if name.endswith('label_keys')}
    assert len(kept) == 1 and torch.equal(*kept.values(), keys)


def test_refuses_to_train_and_to_deploy_twice():
    model = switch_to_deploy(build('r50_narrow'))
    for module in (model, model.backbone, model.head.classifier):
        with pytest.raises(RuntimeError, match='train on from the checkpoint'):
            module.train()
    with pytest.raises(RuntimeError, match='train on from the checkpoint'):
        model.init_weights()  # what a runner does first in training
    with pytest.raises(ValueError, match='deployed already'):
        switch_to_deploy(model)
    with pytest.raises(ValueError, match='is a ResNet'):
        model.backbone = model.backbone.backbone
        switch_to_deploy(model)


def test_names_what_has_no_label_graph():
    for graphless in (build('r50_narrow', graph=False), build('r3d18', graph=False)):
        with pytest.raises(ValueError, match='only a LabelGraphBackbone has a label graph to deploy'):
            switch_to_deploy(graphless)


@pytest.mark.parametrize('tolerance', [-0.1, 1.0, float('nan')])
def test_a_tolerance_is_a_share(tolerance):
    model = build('r50_narrow')
    with pytest.raises(ValueError, match='0 or more and below 1, got'):
        switch_to_deploy(model, tolerance)
    assert model.backbone.deployed is None


def test_a_tolerance_reduces_what_is_left_and_nothing_else():
    """Of M's seven singular values two are 1, the others 1e-5: two are left, and the logits near the exact ones."""
    model, x = build('r18_four'), torch.randn(2, 3, 64, 64)
    connection = model.backbone.laterals['layer4']
    with torch.no_grad():
        down = torch.tanh(model.backbone.gcn()[-1])
        u = torch.linalg.qr(torch.randn(512, 7))[0]
        v = torch.linalg.svd(down, full_matrices=False)[2]
        connection.weight.copy_(u * torch.tensor([1, 1] + [1e-5] * 5) @ v @ torch.linalg.pinv(down))
        expected = logits(model, x)
        exact, reduced = (switch_to_deploy(copy.deepcopy(model), tolerance) for tolerance in (0, 1e-2))
        assert exact.backbone.deployed['layer4']['rank'] == 7 and reduced.backbone.deployed['layer4']['rank'] == 2
        assert (logits(exact, x) - expected).abs().max() < 1e-4
        assert 0 < (logits(reduced, x) - logits(exact, x)).abs().max() < 1e-2 * expected.abs().max()
    for name, value in exact.backbone.backbone.state_dict().items():
        assert torch.equal(value, reduced.backbone.backbone.state_dict()[name])


@pytest.mark.parametrize('channels, rank, fused', [(10, 4, False), (8, 4, True), (6, 7, True)])
def test_constant_connection_takes_the_cheaper_form(channels, rank, fused):
    up, down, x = torch.randn(channels, rank), torch.randn(rank, channels), torch.randn(2, channels, 3, 3)
    connection = ConstantConnection.from_factors(up, down)
    assert (connection.rank is None) == fused
    expected = x + torch.einsum('ij,bjhw->bihw', up @ down, x)
    torch.testing.assert_close(connection(x), expected, rtol=1e-4, atol=1e-5)


def test_truncation_keeps_its_bound():
    u, _ = torch.linalg.qr(torch.randn(12, 12).double())
    v, _ = torch.linalg.qr(torch.randn(12, 12).double())
    values = torch.tensor([3, 2, 1e-3, 1e-4] + [0] * 8).double()
    connection = ConstantConnection.from_factors(u * values, v.t()).truncated(1e-2)
    assert connection.rank == 2
    matrix = torch.eye(12).double() + (u * values) @ v.t()
    x = torch.randn(64, 12, 1, 1).double()
    error = (connection(x) - torch.einsum('ij,bjhw->bihw', matrix, x)).flatten(1).norm(dim=1)
    bound = 1e-2 * torch.linalg.matrix_norm(matrix, 2) * x.flatten(1).norm(dim=1)
    assert (error <= bound).all() and (error > 0).all()
