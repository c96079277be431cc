"""KSSNet on stock backbones against the formulas, gradients included, and what it must survive."""
import copy

import pytest
import torch
from backbone_cases import (DEEP_STEM, FOUR, IMAGE, MOBILENET, NO_POOL2, R18, RESNET, RESNET3D, THREE, VIDEO, N, build,
                            checkpoint_blocks)
from mmengine.model import ExponentialMovingAverage
from mmengine.registry import DefaultScope
from packaging.version import Version
from reference import factors, gcn, lateral

from kssnet_mm.deploy.switch import Network
from kssnet_mm.registry import MODELS

OLD_TORCH = Version(torch.__version__) < Version('2.6')


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
@pytest.mark.parametrize('training, fold', [(False, False), (True, False), (True, True)])
def test_equals_formulas_with_gradients(backbone, shape, stages, training, fold):
    """With four connections the last one feeds the classifier, with three the last stage does."""
    model = build(backbone, stages=stages, fold=fold).double()
    # a ResNet3d may pool between the first two stages
    assert len(model.folded) == (fold and (2 if getattr(model.backbone, 'with_pool2', False) else 3))
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


@pytest.mark.parametrize('fold', [False, True])
def test_compiles_without_graph_breaks_and_exports(fold):
    model = build(RESNET, fold=fold).double().eval()
    x = torch.randn(IMAGE, dtype=torch.double)
    expected = model(x)[0]
    compiled = torch.compile(model, fullgraph=True, backend='eager')
    torch.testing.assert_close(compiled(x)[0], expected)
    if fold and OLD_TORCH:
        return  # torch.export of 2.1 knows no weight that is passed on; our export tool asks for 2.6
    exported = torch.export.export(model, (x, ))
    graph = exported.module() if hasattr(exported, 'module') else exported
    torch.testing.assert_close(graph(x)[0], expected)


@pytest.mark.parametrize('fold, change', [(False, None), (True, None), (False, checkpoint_blocks),
                                          (True, checkpoint_blocks)])
def test_compiled_gradients_equal(fold, change):
    if change is not None and OLD_TORCH:
        pytest.skip('torch 2.1 cannot compile checkpointed blocks, a plain ResNet\'s neither')
    model = build(RESNET, fold=fold).double().train()
    grads = []
    for compiled in (False, True):
        net = copy.deepcopy(model)
        if change is not None:
            change(net)
        # AOTAutograd splits forward and backward as the default backend does, without its code generation
        outputs = (torch.compile(net, backend='aot_eager', fullgraph=change is None) if compiled else net)(
            torch.randn(IMAGE, dtype=torch.double, generator=torch.Generator().manual_seed(0)).requires_grad_())
        sum(output.square().sum() for output in outputs).backward()
        grads.append([p.grad for p in net.parameters()])
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize('fold', [False, True])
def test_the_gcn_runs_once_whatever_the_number_of_views(fold):
    with DefaultScope.overwrite_default_scope('mmaction'):
        recognizer = MODELS.build(dict(
            type='Recognizer3D',
            backbone=dict(type='LabelGraphBackbone', backbone=RESNET3D, stages=THREE, fold=fold,
                          gcn=dict(type='LabelGCN', num_classes=N, in_channels=7, out_channels=R18)),
            cls_head=dict(type='KSSNetVideoHead', num_classes=N, in_channels=512)))
    calls = []
    recognizer.backbone.gcn.register_forward_hook(lambda *_: calls.append(1))
    recognizer.eval()(torch.randn(2, 3, *VIDEO[1:]), mode='tensor')  # two videos of three views
    assert len(calls) == 1


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


@pytest.mark.parametrize('training, gradients', [(False, False), (False, True), (True, True)])
def test_inception_i3d_and_its_head_compile_without_graph_breaks(training, gradients):
    with DefaultScope.overwrite_default_scope('mmaction'):
        recognizer = MODELS.build(dict(
            type='Recognizer3D',
            backbone=dict(type='LabelGraphBackbone', backbone=dict(type='InceptionI3D'), fold=True,
                          stages=('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f'),
                          gcn=dict(type='LabelGCN', num_classes=N, in_channels=7,
                                   out_channels=(192, 480, 832, 1024))),
            cls_head=dict(type='KSSNetVideoHead', num_classes=N, in_channels=1024,
                          classifier=dict(type='LabelGraphClassifier', dropout=0.0))))
    network = Network(recognizer).double().train(training)
    x = torch.randn(2, 3, 8, 32, 32, dtype=torch.double)  # two, for batch norms whose maps are of one position
    outputs = []
    for net in (copy.deepcopy(network), torch.compile(network, backend='eager', fullgraph=True)):
        with torch.set_grad_enabled(gradients):
            outputs.append(net(x))
    torch.testing.assert_close(*outputs)


def test_stages_behind_the_last_output_are_refused():
    """They would never run."""
    with pytest.raises(ValueError, match=r"\['layer3'\] come after 'layer2'"):
        build(dict(RESNET, out_indices=(1, )))
