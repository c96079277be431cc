"""KSSNet on stock backbones against the formulas, gradients included, and what it must survive."""
import copy

import pytest
import torch
from mmengine.model import ExponentialMovingAverage
from reference import factors, gcn, lateral

from kssnet_mm.registry import MODELS

N = 5
RESNET = dict(type='mmpretrain.ResNet', depth=18)
DEEP_STEM = dict(type='mmpretrain.ResNetV1d', depth=50)
MOBILENET = dict(type='mmpretrain.MobileNetV2', widen_factor=0.5)
RESNET3D = dict(type='mmaction.ResNet3d', depth=18, pretrained=None, conv1_kernel=(3, 7, 7),
                inflate=((1, 0), (1, 0), (0, 1), (1, 0)))
NO_POOL2 = dict(RESNET3D, with_pool2=False)
R18 = (64, 128, 256, 512)
THREE, FOUR = ('layer1', 'layer2', 'layer3'), ('layer1', 'layer2', 'layer3', 'layer4')
IMAGE, VIDEO = (2, 3, 64, 64), (2, 3, 8, 48, 48)


def build(backbone, channels=R18, stages=THREE, **lateral_cfg):
    model = MODELS.build(dict(
        type='LabelGraphBackbone', backbone=backbone, stages=stages,
        gcn=dict(type='LabelGCN', num_classes=N, in_channels=7, out_channels=channels),
        lateral=dict(dict(type='LateralConnection', zero_init=False), **lateral_cfg)))
    model.init_weights()
    torch.nn.init.uniform_(model.gcn.adjacency)
    for module in model.modules():  # batch norms that do something
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    return model


def by_hand(model, x, stages):
    """The same network from stock parts and the paper's formulas."""
    net = model.backbone
    embeddings = gcn(model.gcn.adjacency, model.gcn.embedding,
                     [factors(layer) for layer in model.gcn.layers])
    x = net.maxpool(net.relu(net.norm1(net.conv1(x)))) if x.dim() == 4 else net.maxpool(net.conv1(x))
    for k, name in enumerate(FOUR):
        x = getattr(net, name)(x)
        if name in stages:
            x = lateral(x, embeddings[k], model.laterals[name].weight)
        if k == 0 and x.dim() == 5 and net.with_pool2:
            x = net.pool2(x)
    return x, embeddings[-1]


@pytest.mark.parametrize('backbone, shape, stages', [
    (RESNET, IMAGE, THREE), (RESNET, IMAGE, FOUR), (RESNET3D, VIDEO, THREE), (RESNET3D, VIDEO, FOUR),
    (NO_POOL2, VIDEO, THREE)
], ids=['resnet', 'resnet-four', 'resnet3d', 'resnet3d-four', 'resnet3d-no-pool2'])
@pytest.mark.parametrize('training', [False, True])
def test_equals_formulas_with_gradients(backbone, shape, stages, training):
    """With four connections the last one feeds the classifier, with three the last stage does."""
    model = build(backbone, stages=stages).double()
    model.train(training)
    x = torch.randn(shape, dtype=torch.double)
    results = []
    for run in (lambda net: (lambda out: (out[0], out[1][1]))(net(x)), lambda net: by_hand(net, x, stages)):
        net = copy.deepcopy(model)  # training moves the running statistics
        features, embedding = run(net)
        torch.manual_seed(1)
        loss = (features * torch.randn_like(features)).sum()
        loss = loss + (embedding * torch.randn_like(embedding)).sum()
        results.append((features, embedding, *torch.autograd.grad(loss, list(net.parameters()))))
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize('backbone, shape, channels, stages', [
    (RESNET, IMAGE, R18, ('layer1', 'layer2', 'layer3')),
    (DEEP_STEM, IMAGE, (256, 512, 1024, 2048), ('layer1', 'layer2', 'layer3')),
    (MOBILENET, IMAGE, (16, 16, 48, 1280), ('layer2', 'layer3', 'layer5')),
    (RESNET3D, VIDEO, R18, ('pool2', 'layer2', 'layer3')),
], ids=['resnet', 'deep-stem', 'mobilenet', 'resnet3d'])
def test_zero_connections_leave_the_stock_backbone(backbone, shape, channels, stages):
    model = build(backbone, channels, stages, zero_init=True)
    model.eval()
    x = torch.randn(shape)
    stock = model.backbone(x)
    stock = stock[-1] if isinstance(stock, tuple) else stock
    assert torch.equal(model(x)[0], stock)


def test_pretrained_weights_load_through_init_cfg(tmp_path):
    for number, backbone in enumerate([RESNET, RESNET3D]):
        source = MODELS.build(backbone)
        path = str(tmp_path / f'{number}.pth')
        torch.save(dict(state_dict={f'backbone.{k}': v for k, v in source.state_dict().items()}), path)
        model = build(dict(backbone, init_cfg=dict(
            type='Pretrained', checkpoint=path, prefix='backbone')))
        model.init_weights()
        for key, value in source.state_dict().items():
            assert torch.equal(model.backbone.state_dict()[key], value), key


def test_embeddings_survive_concatenated_views():
    model = build(RESNET3D).eval()
    x = torch.randn(4, 3, 8, 32, 32)
    whole = model(x)
    parts = [torch.cat(pair) for pair in zip(model(x[:2]), model(x[2:]))]
    for a, b in zip(whole, parts):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_copies_run_their_own_modules():
    model = build(RESNET).eval()
    average = ExponentialMovingAverage(model)
    clone = copy.deepcopy(model)
    x = torch.randn(IMAGE)
    with torch.no_grad():
        before = model(x)[0]
        for lateral_connection in model.laterals.values():
            lateral_connection.weight.add_(1)
        assert not torch.allclose(model(x)[0], before)
        assert torch.equal(clone(x)[0], before)
        assert torch.equal(average.module(x)[0], before)


def test_compiles_without_graph_breaks_and_exports():
    model = build(RESNET).eval()
    x = torch.randn(IMAGE)
    expected = model(x)[0]
    compiled = torch.compile(model, fullgraph=True, backend='eager')
    torch.testing.assert_close(compiled(x)[0], expected)
    exported = torch.export.export(model, (x, ))
    graph = exported.module() if hasattr(exported, 'module') else exported
    torch.testing.assert_close(graph(x)[0], expected)


def test_autocast_and_checkpointing():
    model = build(dict(RESNET, with_cp=True), with_cp=True)
    plain = build(RESNET)
    plain.load_state_dict(model.state_dict())
    x = torch.randn(IMAGE)
    grads = []
    for net in (model, plain):
        net.train()
        net(x)[0].square().sum().backward()
        grads.append([p.grad for p in net.parameters() if p.grad is not None])
    assert len(grads[0]) == len(grads[1])
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)
    plain.eval()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        low = plain(x)[0]
    assert low.dtype == torch.bfloat16 and torch.isfinite(low).all()


def test_every_parameter_gets_a_gradient():
    model = build(RESNET)
    head = MODELS.build(dict(type='LabelGraphClassifier', num_classes=N, in_channels=512))
    head(model(torch.randn(IMAGE))).square().sum().backward()
    without = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []


@pytest.mark.parametrize('change, message', [
    (dict(stages=('layer1', 'layer9')), 'layer9'),
    (dict(stages=('layer2', 'layer3')), "stage 'layer2' .* 128 channels, .* 64"),
    (dict(stages=('layer1', 'layer1')), 'twice'),
    (dict(channels=(64, ), stages=('layer1', 'layer2')), 'as many GCN layers'),
])
def test_bad_stages_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        build(RESNET, **change)


def test_frozen_stages_do_not_reach_the_connections():
    model = build(dict(RESNET, frozen_stages=4, norm_eval=True)).train()
    assert not any(p.requires_grad for p in model.backbone.layer4.parameters())
    assert all(p.requires_grad for p in model.laterals.parameters())
    assert all(p.requires_grad for p in model.gcn.parameters())
