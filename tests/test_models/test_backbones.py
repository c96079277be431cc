"""Every backbone of the table takes lateral connections: against the plain backbone and against eq. 7 by hand."""
import copy
import functools
import importlib.util
import runpy

import pytest
import torch
from mmengine.registry import DefaultScope
from reference import lateral
from shared_data import ROOT

from kssnet_mm.deploy.folding import fold_connections
from kssnet_mm.models.attachment import feature_maps
from kssnet_mm.models.backbone_table import BACKBONES
from kssnet_mm.models.dry_run import dry_run
from kssnet_mm.models.outside_backbones import build_backbone
from kssnet_mm.registry import MODELS

NORMS = (torch.nn.modules.batchnorm._BatchNorm, )


# Float64 takes long: these are narrower than the table's, or have fewer blocks.
NARROW, SWIN = dict(base_channels=8), dict(arch=dict(embed_dims=12, depths=[1, 1, 1, 1], num_heads=[1, 2, 2, 4]))
SMALL = {
    'ResNet3d': NARROW, 'ResNet3dSlowOnly': NARROW, 'ResNet3dCSN': NARROW, 'ResNet2Plus1d': dict(NARROW, depth=18),
    'C3D': dict(out_dim=4608), 'ResNetTSM': dict(depth=18, num_segments=2),
    'SwinTransformer': SWIN, 'SwinTransformerV2': dict(arch=dict(SWIN['arch'], extra_norm_every_n_blocks=0)),
    'SwinTransformer3D': SWIN,
    'VisionTransformer': dict(arch=dict(embed_dims=24, num_layers=9, num_heads=2, feedforward_channels=48)),
    'MViT': dict(arch=dict(embed_dims=12, num_layers=16, num_heads=1, downscale_indices=[1, 3, 14])),
    **{name: dict(slow_pathway=dict(base_channels=16), fast_pathway=dict(base_channels=2))
       for name in BACKBONES if 'SlowFast' in name}
}


def merged(settings, changes):
    return {**settings, **{key: merged(settings[key], value) if isinstance(settings.get(key), dict) else value
                           for key, value in changes.items()}}


def scaled(name):
    """A row of the table, smaller."""
    row = BACKBONES[name]
    return row._replace(config=merged(copy.deepcopy(row.config), SMALL.get(name, {})))


def build(row, **lateral_settings):
    with DefaultScope.overwrite_default_scope(row.scope):
        return MODELS.build(dict(
            type='LabelGraphBackbone', backbone=copy.deepcopy(row.config), stages=row.stages, pathways=row.pathways,
            gcn=dict(type='LabelGCN', num_classes=5, in_channels=7),
            lateral=dict(dict(type='LateralConnection', zero_init=False), **lateral_settings)))


def load(net, state):
    """SwinTransformerV2 leaves its tables of positions out of what it loads, as it makes them itself."""
    lacking = net.load_state_dict(state, strict=False)
    assert not lacking.unexpected_keys and all('relative_' in key for key in lacking.missing_keys)


@functools.lru_cache(1)
def random_model(name):
    """A float64 model with random connections, in evaluation mode, and an input for it."""
    torch.manual_seed(0)
    model = build(scaled(name)).double()
    torch.nn.init.uniform_(model.gcn.adjacency, 0, 0.3)
    model.train(False)
    return model, torch.randn(dry_run(model).shape, dtype=torch.float64)


@pytest.fixture(params=BACKBONES)
def name(request):
    if 'timm' in request.param.lower() and importlib.util.find_spec('timm') is None:
        pytest.skip('the package timm is not installed')
    return request.param


def fix_norms(module):
    """Training mode with norms at their running statistics."""
    for part in module.modules():
        part.training = not isinstance(part, NORMS)


def test_the_dry_run_finds_the_channels_of_the_table(name):
    assert build(BACKBONES[name]).gcn.out_channels == BACKBONES[name].channels


@pytest.mark.parametrize('training', [False, True])
def test_zero_connections_are_the_plain_backbone(name, training):
    row = scaled(name)
    model = build(row, zero_init=True)
    with DefaultScope.overwrite_default_scope(row.scope):
        plain = build_backbone(copy.deepcopy(row.config))
    load(plain, model.backbone.state_dict())
    outputs = []
    for net in (model, plain):
        fix_norms(net)
        if not training:
            for part in net.modules():
                part.training = False
        torch.manual_seed(1)  # dropout and stochastic depth draw the same
        with torch.no_grad():
            x = torch.randn(dry_run(plain, row.pathways).shape, generator=torch.Generator().manual_seed(0))
            outputs.append(feature_maps(net(x)))
    assert len(outputs[0]) == len(outputs[1]) + 1  # the label embeddings come last
    assert all(torch.equal(a, b) for a, b in zip(*outputs))


def by_hand(model, x, row):
    """The plain backbone with eq. 7 written into the forward of its stages, and the GCN's formula."""
    net = copy.deepcopy(model.backbone)
    for stage in row.stages:
        net.get_submodule(stage)._forward_hooks.clear()
    embeddings = model.gcn()
    for stage, embedding, channels in zip(row.stages, embeddings, model.gcn.out_channels):
        module, weight = net.get_submodule(stage), model.connection(stage).weight

        def forward(*args, inner=module.forward, weight=weight, embedding=embedding, channels=channels, **kwargs):
            output = inner(*args, **kwargs)
            x = output if isinstance(output, torch.Tensor) else output[0]
            axis = [a for a in range(1, x.dim()) if x.shape[a] == channels][0]
            y = lateral(x.transpose(1, axis), embedding, weight).transpose(1, axis)
            return y if isinstance(output, torch.Tensor) else type(output)((y, *output[1:]))

        module.forward = forward
    return feature_maps(net(x))


def test_random_connections_are_equation_7_with_gradients(name):
    model, x = random_model(name)
    learned = [*model.gcn.parameters(), *model.laterals.parameters()]
    results = []
    for outputs in (model(x)[:-1], by_hand(model, x, scaled(name))):
        probes = [torch.randn(out.shape, dtype=out.dtype, generator=torch.Generator().manual_seed(2))
                  for out in outputs]
        loss = sum((out * probe).sum() for out, probe in zip(outputs, probes))
        # the last GCN layer reaches the classifier alone
        results.append((outputs, torch.autograd.grad(loss, learned, allow_unused=True)))
    (ours, our_grads), (theirs, their_grads) = results
    for a, b in zip(ours, theirs):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9 * b.abs().max().item())
    reached = [grad is not None and bool(grad.any()) for grad in our_grads]
    assert reached == [True] * (len(model.gcn.layers) - 1) + [False] + [True] * len(model.stages)
    for a, b in zip(our_grads, their_grads):
        if a is not None:
            torch.testing.assert_close(a, b, rtol=1e-7, atol=1e-9 * b.abs().max().item())


def test_copies_and_state_dicts_stand_on_their_own(name):
    model, x = random_model(name)
    with torch.no_grad():
        expected = model(x)
        clone, other = copy.deepcopy(model), build(scaled(name)).double()
        load(other, model.state_dict())
        other.train(False)
        before = [p.clone() for p in model.parameters()]
        for parameter in model.laterals.parameters():
            parameter.add_(1)
        changed = model(x)
        for parameter, value in zip(model.parameters(), before):
            parameter.copy_(value)
        assert not torch.equal(changed[0], expected[0])
        for net in (clone, other):
            assert all(torch.equal(a, b) for a, b in zip(net(x), expected))


def test_deployed_equals_trained_and_folds_what_the_table_says(name):
    model, x = random_model(name)
    deployed = copy.deepcopy(model)
    deployed.switch_to_deploy()
    fold_connections(deployed)
    assert tuple(s for s in model.stages if s not in deployed.deployed) == BACKBONES[name].folded
    with torch.no_grad():
        assert len(deployed(x)) == len(model(x)) > 1
        for a, b in zip(deployed(x), model(x)):
            assert (a - b).abs().max() <= 1e-10 * b.abs().max()


def test_the_docs_page_is_written_from_the_table():
    tool = runpy.run_path(str(ROOT / 'tools/analysis_tools/list_backbones.py'))
    assert (ROOT / 'docs/backbones.md').read_text(encoding='utf-8') == tool['page']()
