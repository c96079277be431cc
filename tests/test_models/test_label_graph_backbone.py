"""KSSNet on stock backbones against the formulas, gradients included, and what it must survive."""
import copy
import pickle
import threading

import pytest
import torch
from backbone_cases import FOUR, IMAGE, NO_POOL2, R18, RESNET, RESNET3D, THREE, VIDEO, N, build, checkpoint_blocks
from mmengine.model import ExponentialMovingAverage
from mmengine.registry import DefaultScope
from packaging.version import Version
from reference import factors, gcn, lateral
from torch.utils.checkpoint import checkpoint

from kssnet_mm.deploy.switch import Network
from kssnet_mm.registry import MODELS

OLD_TORCH = Version(torch.__version__) < Version('2.6')


def by_hand(model, x, stages):
    """The same network from stock parts and the paper's formulas."""
    net = model.backbone
    for handle in model._handles.values():
        handle.remove()
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
    model = build(RESNET).double().eval()
    x = torch.randn(IMAGE, dtype=torch.double)
    expected = model(x)[0]
    compiled = torch.compile(model, fullgraph=True, backend='eager')
    torch.testing.assert_close(compiled(x)[0], expected)
    exported = torch.export.export(model, (x, ))
    graph = exported.module() if hasattr(exported, 'module') else exported
    torch.testing.assert_close(graph(x)[0], expected)


@pytest.mark.parametrize('change', [None, checkpoint_blocks])
def test_compiled_gradients_equal(change):
    if change is not None and OLD_TORCH:
        pytest.skip('torch 2.1 cannot compile checkpointed blocks, a plain ResNet\'s neither')
    model = build(RESNET).double().train()
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


def test_the_gcn_runs_once_whatever_the_number_of_views():
    with DefaultScope.overwrite_default_scope('mmaction'):
        recognizer = MODELS.build(dict(
            type='Recognizer3D',
            backbone=dict(type='LabelGraphBackbone', backbone=RESNET3D, stages=THREE,
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


CHOICES = "choose stages from layer1, layer2, layer3, layer4, layer1.0"


@pytest.mark.parametrize('change, message', [
    (dict(stages=('layer1', 'layer9')), f"ResNet has no module 'layer9', .* {CHOICES}"),
    (dict(stages=('layer2', 'layer3')), r"stage 'layer2' of ResNet has 128 channels, .* 64: "
                                        r'set out_channels=\(128, 256, 512\), or leave it out'),
    (dict(stages=('layer1', 'layer1')), f"'layer1' is named twice .* {CHOICES}"),
    (dict(channels=(64, ), stages=('layer1', 'layer2')), 'as many GCN layers'),
    (dict(channels=(64, 128, 256, 500)), 'last output of ResNet has 512 channels, but the last GCN layer gives 500'),
])
def test_bad_stages_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        build(RESNET, **change)


def test_modules_that_run_twice_or_never_are_refused():
    with pytest.raises(ValueError, match="ResNet calls its module 'layer1.0.relu' 2 times in one forward pass"):
        build(RESNET, stages=('layer1.0.relu', ))
    with pytest.raises(ValueError, match="no output of ResNet depends on its module 'layer3'.* from layer1, layer2"):
        build(dict(RESNET, out_indices=(1, )), None, ('layer3', ))
    with pytest.raises(ValueError, match="VGG never calls its module 'features'"):
        build(dict(type='mmpretrain.VGG', depth=11), None, ('features', ))
    with pytest.raises(ValueError, match="of LabelList gives no feature map"):
        build(dict(type=LabelList), None, ('names', ))


class Names(torch.nn.Module):
    def forward(self, x):
        return ['person', x]


class LabelList(torch.nn.Module):
    """A backbone with a module whose output is no feature map; another output on demand is none either."""

    def __init__(self, output=None):
        super().__init__()
        self.conv, self.names, self.output = torch.nn.Conv2d(3, 4, 1), Names(), output

    def forward(self, x):
        return self.output or self.names(self.conv(x))[1]


def test_outputs_that_are_no_feature_maps_are_refused():
    with pytest.raises(ValueError, match=r"LabelList gives \['dict'\], which are no feature maps"):
        build(dict(type=LabelList, output=dict(a=1)), None, ())


def test_channels_may_be_left_out():
    assert build(RESNET, None).gcn.out_channels == (64, 128, 256, 512)
    assert build(RESNET, None, ()).gcn.out_channels == (512, )


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
            backbone=dict(type='LabelGraphBackbone', backbone=dict(type='InceptionI3D'),
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


def test_two_threads_predict_with_one_model():
    """Each thread holds its own embeddings between the GCN and the last connection."""
    model = build(RESNET).double().eval()
    x = torch.randn(IMAGE, dtype=torch.double)
    adjacencies = [torch.rand(N, N, dtype=torch.double) for _ in range(2)]
    expected = []
    for adjacency in adjacencies:
        model.gcn.adjacency = adjacency
        expected.append(model(x)[0])
    meet, found = threading.Barrier(2, timeout=60), {}
    model.backbone.conv1.register_forward_pre_hook(lambda *_: (meet.wait(), None)[1])

    outputs = []
    with torch.no_grad():
        for adjacency in adjacencies:
            model.gcn.adjacency = adjacency
            outputs.append(model.gcn())
    local = threading.local()
    model.gcn.forward = lambda: outputs[local.number]

    def run(number):
        local.number = number
        with torch.no_grad():
            found[number] = model(x)[0]

    threads = [threading.Thread(target=run, args=(number, )) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(2):
        torch.testing.assert_close(found[number], expected[number])
    assert not torch.allclose(*expected)


def by_reentrant(function):
    return lambda *args: checkpoint(function, *args, use_reentrant=True)


def by_saved_tensors(function):
    return lambda *args: checkpoint(function, *args, use_reentrant=False)


@pytest.mark.parametrize('where', ['backbone', 'backbone.layer2', 'backbone.layer2.0', 'backbone.layer2.1.conv1'])
@pytest.mark.parametrize('kind', [by_reentrant, by_saved_tensors])
def test_activation_checkpointing_gives_the_gradients_or_an_error(where, kind):
    stages = ('layer1', 'layer2.1.conv1', 'layer3')
    model = build(RESNET, None, stages).double().train()
    plain = copy.deepcopy(model)
    module = model.get_submodule(where)
    module.forward = kind(module.forward)
    x = torch.randn(IMAGE, dtype=torch.double, requires_grad=True)
    plain(x)[0].square().sum().backward()
    # elsewhere the connections' hooks run outside of what is checkpointed
    inside = where in ('backbone', 'backbone.layer2')
    if kind is by_reentrant and inside:
        with pytest.raises(RuntimeError, match='use_reentrant=False'):
            model(x)
        return
    model(x)[0].square().sum().backward()
    for (key, a), b in zip(model.named_parameters(), plain.parameters()):
        if b.grad is not None:
            torch.testing.assert_close(a.grad, b.grad, rtol=1e-8, atol=1e-8, msg=key)


def test_the_backbone_alone_asks_for_its_wrapper():
    with pytest.raises(RuntimeError, match='call the LabelGraphBackbone around it'):
        build(RESNET).backbone(torch.randn(IMAGE))


@pytest.mark.parametrize('copied', [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_and_pickles_hold_no_embeddings(copied):
    model = build(RESNET).eval()
    expected = model(torch.ones(IMAGE))
    clone = copied(model)
    assert clone._slot.latest is None and clone._slot is not model._slot
    for a, b in zip(clone(torch.ones(IMAGE)), expected):
        assert torch.equal(a, b)
    clone.disconnect('layer1')  # its own, not the original's
    assert 'layer1' in model.laterals and torch.equal(model(torch.ones(IMAGE))[0], expected[0])
    assert not torch.equal(clone(torch.ones(IMAGE))[0], expected[0])


def test_tsn_averages_the_logits_of_its_frames():
    """mmaction2's 2D recognizers hand frames over one by one."""
    with DefaultScope.overwrite_default_scope('mmaction'):
        recognizer = MODELS.build(dict(
            type='Recognizer2D', backbone=dict(
                type='LabelGraphBackbone', backbone=dict(type='mmaction.ResNet', depth=18),
                gcn=dict(type='LabelGCN', num_classes=N, in_channels=7)),
            cls_head=dict(type='KSSNetVideoHead', num_classes=N, in_channels=512)))
    recognizer.eval()
    frames = torch.randn(2, 3, 3, 64, 64)  # two videos of three frames
    with torch.no_grad():
        single = torch.stack([recognizer(video.unsqueeze(1), mode='tensor', stage='head') for video in frames])
        both = recognizer(frames, mode='tensor', stage='head')
    torch.testing.assert_close(both, single.view(2, 3, N).mean(1), rtol=1e-4, atol=1e-5)
